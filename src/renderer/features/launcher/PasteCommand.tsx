// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import type { Recipe } from '#shared/contract/recipe.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { Dialog } from '#renderer/widgets/Dialog.tsx';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { TextArea } from '#renderer/widgets/TextArea.tsx';
import { takeCommand } from './actions.ts';

/** Takes a command as it stands in a shell into the form of a free command. */
export function PasteCommand({ recipe }: { readonly recipe: Recipe }) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const take = async (): Promise<void> => {
    const refused = await takeCommand(recipe, text);
    setProblem(refused);
    setOpen(refused !== null);
  };
  return (
    <>
      <Button
        variant="quiet"
        icon="import"
        onClick={() => {
          setOpen(true);
        }}
      >
        Paste a command
      </Button>
      <Dialog
        title="Paste a command"
        open={open}
        onClose={() => {
          setOpen(false);
        }}
      >
        <div className="launcher__paste">
          <TextArea
            label="Command"
            value={text}
            rows={10}
            maxLength={100_000}
            help="Lines of export, then one program with its variables and arguments. Nothing is expanded or run."
            onChange={(changed) => {
              setText(changed);
              setProblem(null);
            }}
          />
          {problem !== null && <Notice severity="error">{problem}</Notice>}
          <Button variant="primary" disabled={text.trim() === ''} onClick={() => void take()}>
            Fill in the form
          </Button>
        </div>
      </Dialog>
    </>
  );
}
