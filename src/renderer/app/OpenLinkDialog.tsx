// SPDX-License-Identifier: Apache-2.0
import { useRef, useState, type SyntheticEvent } from 'react';
import { parseViewLink } from '#renderer/base/view-link.ts';
import { showLinkDialog, useNavigation } from '#renderer/stores/navigation.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { Dialog } from '#renderer/widgets/Dialog.tsx';
import { TextField } from '#renderer/widgets/TextField.tsx';
import { openLink } from './open-link.ts';

const close = (): void => showLinkDialog(false);

/** Takes a link to a view. The palette does so, too, when one is pasted there. */
export function OpenLinkDialog() {
  const shown = useNavigation((state) => state.linkShown);
  return shown && <LinkForm />;
}

function LinkForm() {
  const form = useRef<HTMLFormElement>(null);
  const [text, setText] = useState('');
  const isBad = text.trim() !== '' && parseViewLink(text) === null;
  const open = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (text.trim() === '' || isBad) return;
    close();
    void openLink(text);
  };
  return (
    <Dialog title="Open a link to a view" open onClose={close} initialFocus={form}>
      <form ref={form} className="link-form" tabIndex={-1} onSubmit={open} onFocus={focusField}>
        <TextField
          label="Link"
          value={text}
          onChange={setText}
          placeholder="iterscope://view?…"
          help="“Copy link to the view” in the timeline’s Export menu makes one. It leads to a run of this library, or to files by their paths: those are opened only after you were asked."
          messages={
            isBad
              ? [{ severity: 'error', text: 'No link to a view: copy the whole line and paste it again.' }]
              : []
          }
        />
        <div className="link-form__buttons">
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={text.trim() === '' || isBad}>
            Open
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** The dialog gives the form the focus; a link is pasted into its field. */
function focusField(event: SyntheticEvent<HTMLFormElement>): void {
  if (event.target === event.currentTarget) event.currentTarget.querySelector('input')?.focus();
}
