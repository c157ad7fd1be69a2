// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { app, dialog } from 'electron';
import type { BrowserWindow } from 'electron';

/** Asks for files to open; none when the user closed the dialog. */
export async function chooseFiles(window: BrowserWindow): Promise<readonly string[]> {
  const { filePaths } = await dialog.showOpenDialog(window, {
    title: 'Open traces or expert statistics',
    properties: ['openFile', 'multiSelections'],
    filters: [
      {
        name: 'Traces and expert statistics',
        extensions: [
          'json',
          'gz',
          'sqlite',
          'db',
          'nsys-rep',
          'safetensors',
          'pt',
          'csv',
          'parquet',
          'log',
          'txt',
        ],
      },
      { name: 'All files', extensions: ['*'] },
    ],
  });
  return filePaths;
}

const archiveFilters = [
  { name: 'Archives of runs', extensions: ['zip'] },
  { name: 'All files', extensions: ['*'] },
];

/** Asks for archives of runs; none when the user closed the dialog. */
export async function chooseArchives(window: BrowserWindow): Promise<readonly string[]> {
  const { filePaths } = await dialog.showOpenDialog(window, {
    title: 'Import runs',
    properties: ['openFile', 'multiSelections'],
    filters: archiveFilters,
  });
  return filePaths;
}

/** Asks where one archive goes; null when the user closed the dialog. The dialog asks before replacing. */
export async function chooseArchiveTarget(window: BrowserWindow, name: string): Promise<string | null> {
  const { filePath } = await dialog.showSaveDialog(window, {
    title: 'Export the run',
    defaultPath: name,
    filters: archiveFilters,
  });
  return filePath === '' ? null : filePath;
}

/** Asks for the folder that several archives go into; null when the user closed the dialog. */
export async function chooseArchiveFolder(window: BrowserWindow): Promise<string | null> {
  const { filePaths } = await dialog.showOpenDialog(window, {
    title: 'Export the runs into a folder',
    properties: ['openDirectory', 'createDirectory'],
  });
  return filePaths[0] ?? null;
}

const REPORT_FORMATS = {
  html: { name: 'Web page', extensions: ['html'] },
  markdown: { name: 'Markdown', extensions: ['md'] },
  json: { name: 'JSON', extensions: ['json'] },
} as const;

/** Asks where a report goes; null when the user closed the dialog. */
export async function chooseReportTarget(
  window: BrowserWindow,
  name: string,
  format: keyof typeof REPORT_FORMATS,
): Promise<string | null> {
  const { name: kind, extensions } = REPORT_FORMATS[format];
  const { filePath } = await dialog.showSaveDialog(window, {
    title: 'Save the report',
    defaultPath: `${name}.${extensions[0]}`,
    filters: [{ name: kind, extensions: [...extensions] }],
  });
  return filePath === '' ? null : filePath;
}

const FILE_FORMATS = {
  csv: 'Table (CSV)',
  json: 'JSON',
  yaml: 'Placement (YAML)',
  svg: 'Picture (SVG)',
  png: 'Picture (PNG)',
} as const;

/** Asks where a table, figures, a picture or a plan go; null when the user closed the dialog. */
export async function chooseFileTarget(
  window: BrowserWindow,
  { name, format }: { readonly name: string; readonly format: keyof typeof FILE_FORMATS },
): Promise<string | null> {
  const { filePath } = await dialog.showSaveDialog(window, {
    title: 'Save',
    defaultPath: `${name}.${format}`,
    filters: [{ name: FILE_FORMATS[format], extensions: [format] }],
  });
  return filePath === '' ? null : filePath;
}

const TRACE_FORMATS = {
  chrome: { name: 'Trace (Chrome JSON)', extensions: ['json'] },
  csv: { name: 'Table (CSV)', extensions: ['csv'] },
  parquet: { name: 'Table (Parquet)', extensions: ['parquet'] },
} as const;

/** Asks where a part of a trace goes; null when the user closed the dialog. */
export async function chooseTraceTarget(
  window: BrowserWindow,
  { name, format }: { readonly name: string; readonly format: keyof typeof TRACE_FORMATS },
): Promise<string | null> {
  const { name: kind, extensions } = TRACE_FORMATS[format];
  const { filePath } = await dialog.showSaveDialog(window, {
    title: 'Export a part of the trace',
    defaultPath: `${name}.${extensions[0]}`,
    filters: [{ name: kind, extensions: [...extensions] }],
  });
  return filePath === '' ? null : filePath;
}

/** Asks where a script goes; null when the user closed the dialog. */
export async function chooseScriptTarget(window: BrowserWindow, name: string): Promise<string | null> {
  const { filePath } = await dialog.showSaveDialog(window, {
    title: 'Save the script',
    defaultPath: name,
    filters: [{ name: 'Bash script', extensions: ['sh'] }],
  });
  return filePath === '' ? null : filePath;
}

/** Asks for a placement file; null when the user closed the dialog. */
export async function choosePlanFile(window: BrowserWindow): Promise<string | null> {
  const { filePaths } = await dialog.showOpenDialog(window, {
    title: 'Load a placement',
    properties: ['openFile'],
    filters: [
      { name: 'moe_load_balancer', extensions: ['yaml', 'yml'] },
      { name: 'All files', extensions: ['*'] },
    ],
  });
  return filePaths[0] ?? null;
}

/** Asks before files that a link names are opened. */
export async function askOpenLinked(window: BrowserWindow, files: string): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: 'Open what the link names?',
    detail: files,
    buttons: ['Do not open', 'Open'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  return response === 1;
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

/** Asks where to save a diagnostic archive; null when the user closed the dialog. */
export async function chooseDiagnosticsPath(window: BrowserWindow): Promise<string | null> {
  const stamp = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '');
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    title: 'Save diagnostics',
    defaultPath: join(app.getPath('home'), `iterscope-diagnostics-${stamp}Z.zip`),
    filters: [{ name: 'Archive', extensions: ['zip'] }],
  });
  return canceled || filePath === '' ? null : filePath;
}
