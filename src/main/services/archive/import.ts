// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import yauzl, { type ZipFile } from 'yauzl';
import { IterscopeError } from '#shared/base/errors.ts';
import { formatBytes } from '#shared/base/units.ts';
import { endStates, runAnnotations, runManifest } from '#shared/contract/run.ts';
import type { RunAnnotations, RunManifest } from '#shared/contract/run.ts';
import { ANNOTATIONS_FILE, unannotated, writeAnnotations } from '../annotations.ts';
import { isMissing, writeAtomically } from '../files.ts';
import { MANIFEST_FILE } from '../run-index.ts';
import { EntryCheck, LIMITS, refusal, type CheckedEntry } from './entries.ts';
import { ARTIFACTS, holdsArtifact, isBookmarksFile, withoutValues } from './layout.ts';
import { understoodBookmarks, type BookmarksFile } from './notes.ts';
import { ByteCount, watched, type OnBytes } from './progress.ts';

interface ImportParts {
  readonly archive: string;
  readonly runsFolder: string;
  readonly dataFolder: string;
  readonly now: Date;
  readonly signal: AbortSignal;
  readonly onBytes: OnBytes;
}

/** Space that is left to others on the disk. */
const RESERVE_BYTES = 64 * 1024 ** 2;

const incomingFolder = (dataFolder: string): string => join(dataFolder, 'incoming');

/**
 * Takes a run in from an archive and resolves to its id. It is unpacked beside the library and moved in
 * when all of it was found good, so that nothing of a refused or cancelled one is left.
 */
export async function importRun(parts: ImportParts): Promise<string> {
  const { archive, dataFolder, signal } = parts;
  const staging = join(incomingFolder(dataFolder), randomBytes(8).toString('hex'));
  const zip = await openArchive(archive);
  try {
    return await takeIn(parts, zip, staging);
  } catch (thrown) {
    if (signal.aborted) throw new IterscopeError({ code: 'request.cancelled', message: 'Cancelled.' });
    if (thrown instanceof IterscopeError) throw thrown;
    throw refusal(archive, `it is damaged or cannot be unpacked (${reasonOf(thrown)})`);
  } finally {
    zip.close();
    await rm(staging, { recursive: true, force: true });
  }
}

/** Removes what an import that was killed left behind. */
export async function clearIncoming(dataFolder: string): Promise<void> {
  await rm(incomingFolder(dataFolder), { recursive: true, force: true });
}

async function takeIn(parts: ImportParts, zip: ZipFile, staging: string): Promise<string> {
  const { archive, dataFolder, runsFolder, signal, now } = parts;
  const check = await checkEntries(archive, zip);
  const manifest = await readManifest(archive, zip, check.files);
  await refuseKnown(archive, runsFolder, manifest.id);
  await refuseWithoutSpace(archive, dataFolder, check.bytes);
  const annotations = await readAnnotationsOf(zip, check.files);
  const notes = await readBookmarksOf(archive, zip, check.files);
  await mkdir(join(staging, ARTIFACTS), { recursive: true });
  const count = new ByteCount(check.bytes, parts.onBytes);
  for (const file of check.files) {
    if (isWrittenAnew(file.path)) count.add(file.bytes);
    else await unpack(archive, zip, file, staging, count, signal);
  }
  await writeAtomically(join(staging, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
  await writeAnnotations(staging, { ...annotations, importedAt: now.toISOString() });
  for (const { path, content } of notes)
    await writeAtomically(join(staging, path), `${JSON.stringify(content, null, 2)}\n`);
  signal.throwIfAborted();
  await mkdir(runsFolder, { recursive: true });
  // Renaming onto a folder that came meanwhile fails, since it holds a manifest.
  await rename(staging, join(runsFolder, manifest.id));
  return manifest.id;
}

/** Whether a file is not unpacked, but written from what was understood of it. */
function isWrittenAnew(path: string): boolean {
  return path === MANIFEST_FILE || path === ANNOTATIONS_FILE || isBookmarksFile(path);
}

async function openArchive(archive: string): Promise<ZipFile> {
  try {
    return await yauzl.openPromise(archive, { autoClose: false, decodeStrings: false });
  } catch (thrown) {
    const message = isMissing(thrown)
      ? `There is no file ${archive}: check its name.`
      : `${archive} is not an archive of a run, or it was cut short (${reasonOf(thrown)}). Export the run again.`;
    throw new IterscopeError({ code: 'archive.unreadable', message, path: archive }, { cause: thrown });
  }
}

const reasonOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

async function checkEntries(archive: string, zip: ZipFile): Promise<EntryCheck> {
  const check = new EntryCheck(archive, zip.fileSize, zip.entryCount);
  for await (const entry of zip.eachEntry()) {
    const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
    check.take(entry, yauzl.getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true));
  }
  return check;
}

async function readSmall(
  zip: ZipFile,
  file: CheckedEntry,
  mostBytes: number = LIMITS.manifestBytes,
): Promise<unknown> {
  if (file.bytes > mostBytes) throw new Error(`${file.path} is too large`);
  const chunks: Buffer[] = [];
  for await (const chunk of await zip.openReadStreamPromise(file.entry)) chunks.push(chunk as Buffer);
  const data = Buffer.concat(chunks);
  if (crc32(data) !== file.crc32) throw new Error(`${file.path} is not what was packed`);
  return JSON.parse(data.toString('utf8')) as unknown;
}

async function readManifest(
  archive: string,
  zip: ZipFile,
  files: readonly CheckedEntry[],
): Promise<RunManifest> {
  const file = files.find(({ path }) => path === MANIFEST_FILE);
  if (file === undefined) throw refusal(archive, `it holds no ${MANIFEST_FILE}, so it is not a run`);
  const parsed = runManifest.safeParse(await readSmall(zip, file));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join('.') ?? '';
    throw refusal(archive, `its manifest is not one of a run (${where}: ${issue?.message ?? 'unknown'})`);
  }
  const manifest = withoutValues(parsed.data);
  if (!endStates.has(manifest.state)) throw refusal(archive, 'it was made of a run that had not ended');
  const missing = manifest.artifacts.find(
    ({ path, freedAt }) => freedAt === undefined && !holdsArtifact(files, path),
  );
  if (missing !== undefined) {
    throw refusal(
      archive,
      `its manifest names the artifact ${JSON.stringify(missing.path)}, which it does not hold`,
    );
  }
  return manifest;
}

async function readAnnotationsOf(zip: ZipFile, files: readonly CheckedEntry[]): Promise<RunAnnotations> {
  const file = files.find(({ path }) => path === ANNOTATIONS_FILE);
  const parsed = runAnnotations.safeParse(file === undefined ? undefined : await readSmall(zip, file));
  return parsed.success ? parsed.data : unannotated;
}

async function readBookmarksOf(
  archive: string,
  zip: ZipFile,
  files: readonly CheckedEntry[],
): Promise<BookmarksFile[]> {
  const found: BookmarksFile[] = [];
  for (const file of files) {
    if (!isBookmarksFile(file.path)) continue;
    const content = understoodBookmarks(await readSmall(zip, file, LIMITS.bookmarksBytes));
    if (content === null) {
      const reason = `its bookmarks ${JSON.stringify(file.path)} are damaged or of a newer Iterscope`;
      throw refusal(archive, reason);
    }
    found.push({ path: file.path, content });
  }
  return found;
}

async function refuseKnown(archive: string, runsFolder: string, id: string): Promise<void> {
  const names = await readdir(runsFolder).catch(() => []);
  if (!names.some((name) => name.toLowerCase() === id.toLowerCase())) return;
  const message = `${archive} was not imported: its run ${id} is in the library already. Delete that one first to replace it.`;
  throw new IterscopeError({ code: 'run.exists', message, path: archive });
}

async function refuseWithoutSpace(archive: string, dataFolder: string, bytes: number): Promise<void> {
  await mkdir(dataFolder, { recursive: true });
  const { bavail, bsize } = await statfs(dataFolder);
  if (bytes + RESERVE_BYTES <= bavail * bsize) return;
  const free = formatBytes(bavail * bsize);
  throw refusal(archive, `it unpacks to ${formatBytes(bytes)} and ${dataFolder} has ${free} free`);
}

async function unpack(
  archive: string,
  zip: ZipFile,
  file: CheckedEntry,
  staging: string,
  count: ByteCount,
  signal: AbortSignal,
): Promise<void> {
  const target = join(staging, file.path);
  await mkdir(dirname(target), { recursive: true });
  let sum = 0;
  const source = await zip.openReadStreamPromise(file.entry);
  const counted = watched((chunk) => {
    sum = crc32(chunk, sum);
    count.add(chunk.length);
  });
  await pipeline(source, counted, createWriteStream(target, { flags: 'wx', mode: 0o600 }), { signal });
  if (sum !== file.crc32) throw refusal(archive, `${JSON.stringify(file.path)} is not what was packed`);
  const { size } = await stat(target);
  if (size !== file.bytes)
    throw refusal(archive, `${JSON.stringify(file.path)} has another size than it says`);
}
