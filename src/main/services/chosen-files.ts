// SPDX-License-Identifier: Apache-2.0
import { open, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Source } from '#shared/contract/app.ts';

/** What is to be opened of a path that the user chose: a file is itself, a folder what it holds of our kinds. */

export interface ChosenFile {
  readonly kind: Source['kind'];
  readonly path: string;
}

/** A record of SGLang, a dump or a log of vLLM, or a table of counts. */
const STATISTICS = /\.(pt|csv|parquet|safetensors|log|txt)$/;
/** In a folder only what its name says: other programs write tables and tensors, too. */
const RECORD = /^expert_distribution_recorder_.*\.pt$/;

export const isStatisticsFile = (path: string): boolean => STATISTICS.test(path);

/** A rank's file of TensorRT-LLM, which stands for the folder that it lies in. */
const RANK_FILE = /^rank\d+(_raw)?\.safetensors$/;

export const isRankFile = (path: string): boolean => RANK_FILE.test(basename(path));

const TRACE = /\.(json|json\.gz|sqlite|sqlite\.gz|nsys-rep)$/;
const REPORT = '.nsys-rep';
const EXPORT = /\.sqlite(\.gz)?$/;

/** Of a report that lies beside its export, the export is enough. */
function withoutExported(names: readonly string[]): string[] {
  const exported = new Set(names.filter((name) => EXPORT.test(name)).map((name) => name.replace(EXPORT, '')));
  return names.filter((name) => !name.endsWith(REPORT) || !exported.has(name.slice(0, -REPORT.length)));
}

/** A trace says so near its begin; manifests, reports and settings are JSON, too. */
const TRACE_WORDS = /"(traceEvents|schemaVersion|ph)"/;
const LOOKED_AT_BYTES = 64 * 1024;

async function isTrace(path: string): Promise<boolean> {
  // A pipe would be waited for without end.
  if (!(await stat(path)).isFile()) return false;
  if (!path.endsWith('.json')) return true;
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LOOKED_AT_BYTES), 0, LOOKED_AT_BYTES, 0);
    return TRACE_WORDS.test(buffer.toString('latin1', 0, bytesRead));
  } finally {
    await file.close();
  }
}

/** The traces of a folder in the order of their numbers, after its expert statistics; the folder itself when it has neither. */
export async function filesOfFolder(folder: string): Promise<readonly ChosenFile[]> {
  const names = (await readdir(folder)).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const hasStatistics = names.some(isRankFile);
  const files: ChosenFile[] = [];
  for (const name of withoutExported(names.filter((candidate) => TRACE.test(candidate)))) {
    const path = join(folder, name);
    if (await isTrace(path)) files.push({ kind: 'trace', path });
  }
  for (const name of names.filter((candidate) => RECORD.test(candidate))) {
    files.push({ kind: 'expert-statistics', path: join(folder, name) });
  }
  if (hasStatistics || files.length === 0) return [{ kind: 'expert-statistics', path: folder }, ...files];
  return files;
}
