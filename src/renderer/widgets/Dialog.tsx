// SPDX-License-Identifier: Apache-2.0
import { useRef, type ReactNode, type RefObject } from 'react';
import { Dialog as Base } from '@base-ui/react/dialog';
import { IconButton } from './IconButton.tsx';
import './dialog.css';

interface DialogProps {
  readonly title: string;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Takes the focus at first instead of the window itself. */
  readonly initialFocus?: RefObject<HTMLElement | null>;
}

/** A window over the window: traps the focus, closes by Escape, gives the focus back. */
export function Dialog({ title, open, onClose, children, initialFocus }: DialogProps) {
  // The window itself takes the focus: a first button would open its tooltip.
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Base.Root
      open={open}
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
    >
      <Base.Portal>
        <Base.Backdrop className="dialog__backdrop" />
        <Base.Popup ref={popup} className="dialog" initialFocus={initialFocus ?? popup}>
          <header className="dialog__head">
            <Base.Title className="dialog__title">{title}</Base.Title>
            <IconButton icon="close" label="Close" onClick={onClose} />
          </header>
          <div className="dialog__body">{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
