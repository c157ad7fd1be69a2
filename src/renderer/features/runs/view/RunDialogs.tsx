// SPDX-License-Identifier: Apache-2.0
import { useRef, useState, type SyntheticEvent } from 'react';
import type { RunSummary } from '#shared/contract/run.ts';
import { plural } from '#renderer/base/format.ts';
import { useRuns } from '#renderer/stores/runs.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { Dialog } from '#renderer/widgets/Dialog.tsx';
import { TextArea } from '#renderer/widgets/TextArea.tsx';
import { TextField } from '#renderer/widgets/TextField.tsx';
import { annotate, freeArtifacts, freeStores } from '../actions.ts';
import { showDialog, useLibrary } from '../model/library-store.ts';
import { parseTags, problemOfTags } from '../model/rows.ts';
import './library.css';

const close = (): void => showDialog(null);

/** The dialogs about single runs, wherever they were asked for. */
export function RunDialogs() {
  const dialog = useLibrary((state) => state.dialog);
  const edited = useRuns((state) =>
    dialog?.kind === 'edit' ? state.summaries?.find(({ id }) => id === dialog.id) : undefined,
  );
  return (
    <>
      {edited !== undefined && <EditDialog key={edited.id} run={edited} />}
      {dialog?.kind === 'free' && <FreeDialog ids={dialog.ids} />}
    </>
  );
}

/** Title, tags and notes of a run. */
function EditDialog({ run }: { readonly run: RunSummary }) {
  const [title, setTitle] = useState(run.title);
  const [tags, setTags] = useState(run.tags.join(', '));
  const [notes, setNotes] = useState(run.notes);
  const form = useRef<HTMLFormElement>(null);
  const parsed = parseTags(tags);
  const problem = problemOfTags(parsed);
  const save = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (problem !== null) return;
    const named = title.trim();
    // An emptied title gives the run's own back.
    const change = {
      tags: parsed,
      notes,
      ...(named === run.title ? {} : { title: named === '' ? null : named }),
    };
    void annotate(run.id, change);
    close();
  };
  return (
    <Dialog title="Rename, tags, notes" open onClose={close} initialFocus={form}>
      <form ref={form} className="edit-run" tabIndex={-1} onSubmit={save} onFocus={focusFirst}>
        <TextField
          label="Title"
          value={title}
          onChange={(text) => setTitle(text.slice(0, 200))}
          help="Empty: the title that the run was given by its recipe."
        />
        <TextField
          label="Tags"
          value={tags}
          onChange={setTags}
          placeholder="separated by commas"
          messages={problem === null ? [] : [{ severity: 'error', text: problem }]}
        />
        <TextArea label="Notes" value={notes} onChange={setNotes} rows={6} maxLength={20_000} />
        <p className="library__quiet">Kept in the run’s folder, beside its manifest.</p>
        <div className="edit-run__buttons">
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={problem !== null}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** The dialog gives the form the focus; typing begins in the title, all of it selected. */
function focusFirst(event: SyntheticEvent<HTMLFormElement>): void {
  if (event.target !== event.currentTarget) return;
  const field = event.currentTarget.querySelector('input');
  field?.focus();
  field?.select();
}

/** Asks before artifacts are deleted for good: that is the one thing here that cannot be undone. */
function FreeDialog({ ids }: { readonly ids: readonly string[] }) {
  const perform = (work: (ids: readonly string[]) => Promise<void>): void => {
    void work(ids);
    close();
  };
  return (
    <Dialog title={`Free space of ${plural(ids.length, 'run')}`} open onClose={close}>
      <div className="free-space">
        <p>
          <b>Stores</b> are made from traces when they are opened. Deleting them costs the time of reading the
          traces once more, and nothing else.
        </p>
        <Button onClick={() => perform(freeStores)}>Delete stores</Button>
        <p>
          <b>Artifacts</b> are the traces, expert statistics and reports themselves. Without them a run keeps
          its figures, log and settings, but its timeline and expert load are gone for good: this cannot be
          undone.
        </p>
        <Button variant="danger" onClick={() => perform(freeArtifacts)}>
          Delete artifacts for good
        </Button>
      </div>
    </Dialog>
  );
}
