// SPDX-License-Identifier: Apache-2.0
import type { RunManifest, RunSummary } from '#shared/contract/run.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { takeFormOfRun } from '#renderer/stores/launcher.ts';
import { chooseRunTab, goTo } from '#renderer/stores/navigation.ts';
import { notifyFailure } from '#renderer/stores/notices.ts';
import { markCancelling, markIngesting, takeQueue } from '#renderer/stores/runs.ts';

/** Asks for the end of a run. Its state tells when it has come; what it wrote is kept. */
export async function cancelRun(id: string): Promise<void> {
  markCancelling(id, true);
  try {
    await invoke('runs.cancel', { id });
  } catch (thrown) {
    markCancelling(id, false);
    notifyFailure(thrown);
  }
}

/** Gives a waiting run another place. It may have begun meanwhile: then main says so. */
export async function moveInQueue(id: string, to: number): Promise<void> {
  try {
    takeQueue(await invoke('runs.moveInQueue', { id, to }));
  } catch (thrown) {
    notifyFailure(thrown);
  }
}

/** Reads what an ended run left. Leaving the page does not end it. */
export async function ingestRun(id: string): Promise<void> {
  markIngesting(id, true);
  try {
    await invoke('runs.ingest', { id });
  } catch (thrown) {
    notifyFailure(thrown);
  } finally {
    markIngesting(id, false);
  }
}

/** What has been read by then stays read. */
export function stopIngest(id: string): void {
  invoke('runs.cancel', { id }).catch(notifyFailure);
}

export function openFolder(id: string): void {
  invoke('runs.openFolder', { id }).catch(notifyFailure);
}

/** Puts the run's form back into the launcher: to run it again as it was, or changed. */
export function editAgain(manifest: RunManifest): void {
  takeFormOfRun(manifest.id, manifest.form);
  goTo({ kind: 'launcher' });
}

/** A run that has just ended opens by itself: its timeline where it left a trace, else what it reported. */
export async function showEnd(run: RunSummary): Promise<void> {
  try {
    const { sources } = await invoke('sources.ofRun', { id: run.id });
    const traced = run.state === 'ready' && sources.some((source) => source.kind === 'trace');
    chooseRunTab(run.id, traced ? 'timeline' : 'overview');
  } catch (thrown) {
    chooseRunTab(run.id, 'overview');
    notifyFailure(thrown);
  }
}
