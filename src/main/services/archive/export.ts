// SPDX-License-Identifier: Apache-2.0
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import yazl from 'yazl';
import { IterscopeError } from '#shared/base/errors.ts';
import type { RunAnnotations, RunManifest } from '#shared/contract/run.ts';
import { ANNOTATIONS_FILE } from '../annotations.ts';
import { MANIFEST_FILE } from '../run-index.ts';
import { readBookmarks } from './notes.ts';
import { holdsArtifact, sharedFiles, withoutValues, type RunFile } from './layout.ts';
import { ByteCount, watched, type OnBytes } from './progress.ts';

interface ExportParts {
  readonly runFolder: string;
  readonly manifest: RunManifest;
  readonly annotations: RunAnnotations;
  readonly target: string;
  readonly now: Date;
  readonly signal: AbortSignal;
  readonly onBytes: OnBytes;
}

/**
 * The fastest level: traces are large, and it never packs tighter than the import's limit on what a
 * well-meant archive can unpack to.
 */
const COMPRESSION_LEVEL = 1;
const MODE = 0o100600;

/** Writes a run as one archive, beside its target first: what stands there afterwards is whole. */
export async function exportRun(parts: ExportParts): Promise<void> {
  const { target, signal } = parts;
  const partial = `${target}.part`;
  try {
    await writeArchive(parts, partial);
    await rename(partial, target);
  } catch (thrown) {
    await rm(partial, { force: true });
    if (signal.aborted) throw new IterscopeError({ code: 'request.cancelled', message: 'Cancelled.' });
    const message = `The archive ${target} cannot be written: ${String(thrown)}. Free space or choose another folder; the run is as it was.`;
    throw new IterscopeError({ code: 'archive.unwritable', message, path: target }, { cause: thrown });
  }
}

async function writeArchive(parts: ExportParts, partial: string): Promise<void> {
  const { runFolder, manifest, annotations, now, signal, onBytes } = parts;
  const [files, notes] = await Promise.all([sharedFiles(runFolder), readBookmarks(runFolder)]);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const count = new ByteCount(total, onBytes);
  const zip = new yazl.ZipFile();
  const output = zip.outputStream.pipe(new PassThrough());
  zip.on('error', (reason: Error) => output.destroy(reason));
  const sources = new Set<Readable>();
  addJson(zip, MANIFEST_FILE, manifestOf(manifest, files, now));
  addJson(zip, ANNOTATIONS_FILE, annotations);
  for (const { path, content } of notes) addJson(zip, path, content);
  for (const file of files) addFile(zip, join(runFolder, file.path), file, { count, sources });
  zip.end();
  try {
    await pipeline(output, createWriteStream(partial, { mode: 0o600 }), { signal });
  } finally {
    // A cancelled archive leaves the file open that it was reading.
    for (const source of sources) source.destroy();
  }
}

/** What the archive does not hold counts as freed. */
function manifestOf(manifest: RunManifest, files: readonly RunFile[], now: Date): RunManifest {
  const artifacts = manifest.artifacts.map((artifact) =>
    holdsArtifact(files, artifact.path) ? artifact : { freedAt: now.toISOString(), ...artifact },
  );
  return withoutValues({ ...manifest, artifacts });
}

function addJson(zip: yazl.ZipFile, name: string, value: unknown): void {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  zip.addBuffer(Buffer.from(text), name, { mode: MODE, compressionLevel: COMPRESSION_LEVEL });
}

interface Reading {
  readonly count: ByteCount;
  readonly sources: Set<Readable>;
}

function addFile(zip: yazl.ZipFile, from: string, { path, bytes }: RunFile, reading: Reading): void {
  const options = { mode: MODE, compressionLevel: COMPRESSION_LEVEL, size: bytes };
  zip.addReadStreamLazy(path, options, (give) => {
    // To the length that was found: a log may have grown since.
    const source = createReadStream(from, bytes === 0 ? {} : { end: bytes - 1 });
    reading.sources.add(source);
    source.on('close', () => reading.sources.delete(source));
    const counted = watched((chunk) => reading.count.add(chunk.length));
    source.on('error', (reason) => counted.destroy(reason));
    give(null, source.pipe(counted));
  });
}
