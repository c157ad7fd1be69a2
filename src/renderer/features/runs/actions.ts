// SPDX-License-Identifier: Apache-2.0
import type { AnnotationsChange, Outcome } from '#shared/contract/library.ts';
import { plural } from '#renderer/base/format.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { addJob, removeJob } from '#renderer/stores/jobs.ts';
import { isImported, takeFormOfRun } from '#renderer/stores/launcher.ts';
import { goTo } from '#renderer/stores/navigation.ts';
import { notify, notifyFailure, notifyWithAction } from '#renderer/stores/notices.ts';
import { useRuns } from '#renderer/stores/runs.ts';
import { dropSelected, setDeleted, useLibrary } from './model/library-store.ts';

/** What can be done with runs of the library. Everything that fails says so in a notice. */

function titleOf(id: string): string {
  return useRuns.getState().summaries?.find((run) => run.id === id)?.title ?? id;
}

/** “Title” of one, a number of several. */
function named(ids: readonly string[]): string {
  const [id = '', ...more] = ids;
  return more.length === 0 ? `“${titleOf(id)}”` : plural(ids.length, 'run');
}

async function tell(work: Promise<unknown>): Promise<void> {
  await work.catch(notifyFailure);
}

function tellRefused({ refused }: Outcome): void {
  for (const { message } of refused) notify('error', message);
}

export function openRun(id: string): void {
  goTo({ kind: 'run', id });
}

/** Shows two runs next to each other. */
export function sideBySide([a, b]: readonly string[]): void {
  if (a !== undefined && b !== undefined) goTo({ kind: 'side-by-side', a, b });
}

export function showFolder(id: string): void {
  void tell(invoke('runs.openFolder', { id }));
}

/**
 * Starts each run again exactly as it was; several wait for one another in their order. What somebody else ran is never
 * started unseen: it is shown in the launcher first.
 */
export async function runAgain(ids: readonly string[]): Promise<void> {
  const foreign = ids.filter(isImported);
  const [first] = foreign;
  if (first !== undefined && ids.length === 1) return duplicate(first);
  if (first !== undefined) {
    const what = foreign.length === 1 ? `“${titleOf(first)}” was` : `${plural(foreign.length, 'run')} were`;
    notify('warning', `${what} imported and not started: look at the command in the launcher first.`);
  }
  const started: string[] = [];
  for (const id of ids.filter((candidate) => !isImported(candidate))) {
    try {
      const { form } = await invoke('runs.get', { id });
      started.push((await invoke('runs.start', form)).id);
    } catch (thrown) {
      notifyFailure(thrown);
    }
  }
  const [only, ...more] = started;
  if (only !== undefined && more.length === 0) openRun(only);
  else if (more.length > 0) notify('note', `${plural(started.length, 'run')} were queued.`);
}

/** Puts the run's form into the launcher, to be changed and run under a new name. */
export async function duplicate(id: string): Promise<void> {
  try {
    takeFormOfRun(id, (await invoke('runs.get', { id })).form);
    goTo({ kind: 'launcher' });
  } catch (thrown) {
    notifyFailure(thrown);
  }
}

export async function annotate(id: string, change: AnnotationsChange): Promise<void> {
  await tell(invoke('library.annotate', { id, change }));
}

export async function deleteRuns(ids: readonly string[]): Promise<void> {
  const what = named(ids);
  try {
    const outcome = await invoke('library.delete', { ids: [...ids] });
    tellRefused(outcome);
    const { done } = outcome;
    if (done.length === 0) return;
    dropSelected(done);
    setDeleted(done);
    const said = done.length === ids.length ? what : plural(done.length, 'run');
    notifyWithAction(`${said} ${done.length === 1 ? 'was' : 'were'} moved to the trash for a week.`, {
      label: 'Undo',
      perform: () => void restore(done),
    });
  } catch (thrown) {
    notifyFailure(thrown);
  }
}

async function restore(ids: readonly string[]): Promise<void> {
  try {
    tellRefused(await invoke('library.restore', { ids: [...ids] }));
    setDeleted([]);
  } catch (thrown) {
    notifyFailure(thrown);
  }
}

export function undoDelete(): void {
  const { deleted } = useLibrary.getState();
  if (deleted.length > 0) void restore(deleted);
}

export async function freeStores(ids: readonly string[]): Promise<void> {
  await invoke('library.freeStores', { ids: [...ids] }).then(tellRefused, notifyFailure);
}

export async function freeArtifacts(ids: readonly string[]): Promise<void> {
  await invoke('library.freeArtifacts', { ids: [...ids] }).then(tellRefused, notifyFailure);
}

export async function emptyTrash(): Promise<void> {
  setDeleted([]);
  await tell(invoke('library.emptyTrash'));
}

export async function exportRuns(ids: readonly string[]): Promise<void> {
  const job = addJob();
  try {
    const written = await invoke('library.export', { job, ids: [...ids] });
    const [path, ...more] = written?.paths ?? [];
    if (path === undefined) return;
    notify('note', more.length === 0 ? `Written to ${path}.` : `${more.length + 1} archives were written.`);
  } catch (thrown) {
    notifyFailure(thrown);
  } finally {
    removeJob(job);
  }
}

/** Asks for archives and takes in those that are good. */
export async function importRuns(): Promise<void> {
  const job = addJob();
  try {
    const taken = await invoke('library.import', { job });
    if (taken === null) return;
    for (const { message } of taken.refused) notify('error', message);
    if (taken.ids.length === 0) return;
    notify('note', `${named(taken.ids)} ${taken.ids.length === 1 ? 'is' : 'are'} in the library now.`);
  } catch (thrown) {
    notifyFailure(thrown);
  } finally {
    removeJob(job);
  }
}
