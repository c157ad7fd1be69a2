// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import { Dialog } from '@base-ui/react/dialog';
import { looksLikeLink } from '#renderer/base/view-link.ts';
import type { OfferedCommand } from '#renderer/stores/offers.ts';
import { rememberCommand, showPalette, usePalette } from '#renderer/stores/palette.ts';
import { openLink } from './open-link.ts';
import { PaletteList, optionId, PALETTE_LIST } from './PaletteList.tsx';
import { allCommands } from './palette-commands.ts';
import { matching } from './palette-match.ts';
import './palette.css';

/** All commands by their words. What is chosen is done once the palette is gone and the focus is back. */
export function Palette() {
  const shown = usePalette((state) => state.shown);
  const field = useRef<HTMLInputElement>(null);
  const chosen = useRef<OfferedCommand | null>(null);
  const before = useRef<Element | null>(null);
  const choose = (command: OfferedCommand): void => {
    chosen.current = command;
    rememberCommand(command.id);
    showPalette(false);
  };
  const takeFocus = (): HTMLElement | null => {
    before.current = document.activeElement;
    return field.current;
  };
  const onGone = (open: boolean): void => {
    if (open) return;
    // Given back here and not by the dialog, which might do it after the command has moved it on.
    if (before.current instanceof HTMLElement) before.current.focus({ preventScroll: true });
    const command = chosen.current;
    chosen.current = null;
    command?.perform();
  };
  return (
    <Dialog.Root open={shown} onOpenChange={showPalette} onOpenChangeComplete={onGone}>
      <Dialog.Portal>
        <Dialog.Backdrop className="palette__backdrop" />
        <Dialog.Popup className="palette" initialFocus={takeFocus} finalFocus={false}>
          <Dialog.Title className="visually-hidden">Commands</Dialog.Title>
          <Finder field={field} onChoose={choose} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface FinderProps {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly onChoose: (command: OfferedCommand) => void;
}

/** Made anew each time the palette opens: it begins empty, with the commands of that moment. */
function Finder({ field, onChoose }: FinderProps) {
  const [commands] = useState(allCommands);
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const recent = usePalette((state) => state.recent);
  const found = looksLikeLink(text) ? [linkCommand(text)] : matching(text, commands, recent);
  useEffect(() => {
    document.getElementById(optionId(at))?.scrollIntoView({ block: 'nearest' });
  }, [at, text]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const next = placeAfter(event.key, at, found.length);
    const command = found[at];
    if (event.key === 'Escape') showPalette(false);
    else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
      if (command !== undefined) onChoose(command);
    } else if (next !== null) setAt(next);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        ref={field}
        className="palette__field"
        type="text"
        role="combobox"
        aria-label="Find a command, a run or opened files"
        aria-expanded={found.length > 0}
        aria-controls={PALETTE_LIST}
        aria-autocomplete="list"
        aria-activedescendant={found.length > 0 ? optionId(at) : undefined}
        placeholder="Find a command, a run or opened files; or paste a link"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <PaletteList commands={found} at={at} recent={recent} onAt={setAt} onChoose={onChoose} />
      <p className="palette__none" role="status">
        {found.length === 0 && 'Nothing is called that here. Other screens have commands of their own.'}
      </p>
    </>
  );
}

/** A pasted link is what the palette finds. */
const linkCommand = (text: string): OfferedCommand => ({
  id: 'window link',
  group: 'Link',
  title: 'Open this link',
  perform: () => void openLink(text),
});

const PAGE = 8;

/** Where a key leads in a list of so many; null for other keys. Arrows go round. */
function placeAfter(key: string, at: number, count: number): number | null {
  if (count === 0) return null;
  if (key === 'ArrowDown') return (at + 1) % count;
  if (key === 'ArrowUp') return (at - 1 + count) % count;
  if (key === 'PageDown') return Math.min(at + PAGE, count - 1);
  if (key === 'PageUp') return Math.max(at - PAGE, 0);
  return null;
}
