// SPDX-License-Identifier: Apache-2.0
import type { PlanFile } from '#shared/contract/expert-files.ts';
import type { SavedFile } from '#shared/contract/saved-file.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { notify, notifyFailure } from '#renderer/stores/notices.ts';

/** Files that the user names. What went wrong is told as a notice. */

export async function saveFile(file: SavedFile): Promise<void> {
  try {
    const saved = await invoke('files.save', file);
    if (saved !== null) notify('note', `Written to ${saved.path}.`);
  } catch (thrown) {
    notifyFailure(thrown);
  }
}

/** Null when the dialog was closed, or the file could not be read. */
export async function choosePlan(): Promise<PlanFile | null> {
  try {
    return await invoke('experts.choosePlan');
  } catch (thrown) {
    notifyFailure(thrown);
    return null;
  }
}
