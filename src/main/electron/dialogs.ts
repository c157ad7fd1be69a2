// SPDX-License-Identifier: Apache-2.0
import { dialog } from 'electron';
import type { BrowserWindow } from 'electron';

/** Asks for files to open; none when the user closed the dialog. */
export async function chooseFiles(window: BrowserWindow): Promise<readonly string[]> {
  const { filePaths } = await dialog.showOpenDialog(window, {
    title: 'Open traces or expert statistics',
    properties: ['openFile', 'multiSelections'],
    filters: [
      { name: 'Traces and expert statistics', extensions: ['json', 'gz', 'safetensors'] },
      { name: 'All files', extensions: ['*'] },
    ],
  });
  return filePaths;
}

/** Asks what to do with living runs; true when the application should end them and quit. */
export async function askCancelAndQuit(window: BrowserWindow, count: number): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: count === 1 ? 'A run is still going' : `${count} runs are still going`,
    detail: 'Quitting ends every process of it. What it has written so far is kept.',
    buttons: ['Stay', 'Cancel the run and quit'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  return response === 1;
}
