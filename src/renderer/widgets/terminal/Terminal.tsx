// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, type RefObject } from 'react';
import '@xterm/xterm/css/xterm.css';
import { TerminalScreen, type ScreenListeners } from './screen.ts';
import './terminal.css';

interface TerminalProps {
  readonly label: string;
  /** Filled while the terminal is there. */
  readonly screenRef: RefObject<TerminalScreen | null>;
  /** Begins to fill the screen; the function that it returns ends that. A new function means another content. */
  readonly attach: (screen: TerminalScreen) => () => void;
  readonly onScroll: ScreenListeners['onScroll'];
  readonly onGoUp: ScreenListeners['onGoUp'];
}

/** Program output as a terminal shows it. What it holds is its owner's: see `TerminalScreen`. */
export function Terminal({ label, screenRef, attach, onScroll, onGoUp }: TerminalProps) {
  const element = useRef<HTMLDivElement>(null);
  const listeners = useRef<ScreenListeners>({ onScroll, onGoUp });
  useEffect(() => {
    listeners.current = { onScroll, onGoUp };
  }, [onScroll, onGoUp]);
  useEffect(() => {
    if (element.current === null) return undefined;
    const made = new TerminalScreen(element.current, {
      onScroll: (at) => {
        listeners.current.onScroll(at);
      },
      onGoUp: () => {
        listeners.current.onGoUp();
      },
    });
    screenRef.current = made;
    const detach = attach(made);
    return () => {
      detach();
      screenRef.current = null;
      made.dispose();
    };
  }, [screenRef, attach]);
  return <div ref={element} className="terminal" role="log" aria-label={label} aria-live="off" />;
}
