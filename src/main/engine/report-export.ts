// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { IterscopeError } from '#shared/base/errors.ts';
import type { EngineProgress } from '#shared/contract/engine.ts';
import { exportName, storeName } from '../ports/stores.ts';
import { findNsys } from './nsys.ts';
import type { Nsys } from './nsys.ts';

/**
 * Reports as Nsight Systems records them (`.nsys-rep`) can be read by its own exporter only: it makes a database
 * of them, which is kept in the cache as long as the report stays the same.
 */

const MAGIC = 'NVIDIA Tegra Profiler Report';
/** How long the exporter may take to end after it was asked to. */
const GRACE_MS = 2_000;
/** Of what the exporter says, the end is what explains a failure. */
const KEPT_TEXT = 2_000;

interface ExportOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: EngineProgress) => void;
  /** Where programs are looked for. */
  readonly searchPath: string;
}

/** Whether a file is a report that has to be exported first; false for files that cannot be read. */
async function isReport(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
    return buffer.toString('latin1', 0, bytesRead) === MAGIC;
  } catch {
    return false;
  } finally {
    await file.close();
  }
}

/** The file to read for a path: itself, or what `nsys export` makes of a report. */
export async function readablePath(
  path: string,
  exportFolder: string,
  options: ExportOptions,
): Promise<string> {
  const info = await stat(path).catch(() => undefined);
  // Opening a pipe waits for somebody who may never come; what is missing says so when it is read.
  if (info?.isFile() === false) throw noFile(path);
  if (info === undefined || !(await isReport(path))) return path;
  const { size, mtimeMs } = info;
  const name = exportName(path, `${size} ${mtimeMs}`);
  const target = join(exportFolder, name);
  const present = await stat(target).catch(() => undefined);
  if (present !== undefined) return target;
  const nsys = await findNsys(options.searchPath);
  if (nsys === null) throw notFound(path);
  await mkdir(exportFolder, { recursive: true });
  const temporary = join(exportFolder, `${randomBytes(6).toString('hex')}.tmp.sqlite`);
  try {
    await runExport(nsys, path, temporary, size, options);
    await removeOlder(exportFolder, path);
    await rename(temporary, target);
  } finally {
    await rm(temporary, { force: true });
  }
  return target;
}

/** Exports of what the report was before. */
async function removeOlder(folder: string, path: string): Promise<void> {
  const names = await readdir(folder);
  const older = names.filter((name) => name.startsWith(`${storeName(path)}.report-`));
  await Promise.all(older.map((name) => rm(join(folder, name), { force: true })));
}

async function runExport(
  nsys: Nsys,
  path: string,
  target: string,
  bytesTotal: number,
  { signal, onProgress }: ExportOptions,
): Promise<void> {
  const args = ['export', '--type', 'sqlite', '--force-overwrite', 'true', '--output', target, path];
  const child = spawn(nsys.program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const note = `Exporting with Nsight Systems ${nsys.version}`;
  let said = '';
  const listen = (text: string): void => {
    said = `${said}${text}`.slice(-KEPT_TEXT);
    const percent = [...text.matchAll(/(\d+)%/g)].at(-1)?.[1];
    if (percent !== undefined) {
      onProgress({ bytesDone: (bytesTotal * Number(percent)) / 100, bytesTotal, slices: 0, note });
    }
  };
  onProgress({ bytesDone: 0, bytesTotal, slices: 0, note });
  child.stdout.setEncoding('utf8').on('data', listen);
  child.stderr.setEncoding('utf8').on('data', listen);
  let killTimer: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    child.kill('SIGTERM');
    killTimer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  };
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  try {
    const ending = await new Promise<string | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, killed) => {
        resolve(code === 0 ? null : (killed ?? `exit code ${String(code)}`));
      });
    });
    if (signal.aborted) throw cancelled(path);
    const written = await stat(target).catch(() => undefined);
    if (ending !== null || written === undefined) throw failed(path, nsys, ending ?? 'no output', said);
  } finally {
    clearTimeout(killTimer);
    signal.removeEventListener('abort', cancel);
  }
}

function noFile(path: string): IterscopeError {
  const message = `${path} is not a regular file but a folder, a pipe or a device: choose a file.`;
  return new IterscopeError({ code: 'trace.unreadable', message, path });
}

function notFound(path: string): IterscopeError {
  const message =
    `${path} is a report of Nsight Systems, which only its own nsys can export, and no nsys was found on the PATH or ` +
    'in the usual folders. Install Nsight Systems (developer.nvidia.com/nsight-systems, or the package nsight-systems), ' +
    'or run "nsys export --type sqlite" where the report was made and open the .sqlite file.';
  return new IterscopeError({ code: 'nsys.not-found', message, path });
}

function failed(path: string, nsys: Nsys, ending: string, said: string): IterscopeError {
  const last = said
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/\d%/.test(line))
    .at(-1);
  const quoted = last === undefined ? '' : ` It said: ${last}`;
  const message =
    `nsys ${nsys.version} (${nsys.program}) could not export ${basename(path)} (${ending}).${quoted} ` +
    'Export it with the version that recorded it, and open the .sqlite file.';
  return new IterscopeError({ code: 'nsys.export-failed', message, path });
}

function cancelled(path: string): IterscopeError {
  const message = `Exporting ${path} was cancelled. Open it again to continue.`;
  return new IterscopeError({ code: 'ingest.cancelled', message, path });
}
