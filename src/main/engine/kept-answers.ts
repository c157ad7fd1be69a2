// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Native } from './native.ts';

/**
 * What every opening of a trace asks first, kept inside of its store: a large trace takes half a second for them, its
 * pixels only milliseconds. They go with the store whenever that is made anew, and are asked again when the native
 * module, the step markers or the file itself are others. A file that cannot be read is as good as none.
 */
export interface FirstAnswers {
  readonly summary: Native.TraceSummary;
  /** Iterations as they number themselves. */
  readonly iterations: readonly Native.Iteration[];
}

const FILE = 'first-answers.json';
/** Beyond, reading them would take about as long as asking. */
const MAX_BYTES = 4 << 20;

/** `version` says by what the answers were made. The first line of the file is a checksum of the others. */
async function readAnswers(storePath: string, version: string): Promise<FirstAnswers | undefined> {
  const text = await readFile(join(storePath, FILE), 'utf8').catch(() => '');
  const end = text.indexOf('\n');
  const content = text.slice(end + 1);
  if (end < 0 || text.slice(0, end) !== checksum(version, content)) return undefined;
  return JSON.parse(content) as FirstAnswers;
}

async function keepAnswers(storePath: string, version: string, answers: FirstAnswers): Promise<void> {
  const content = JSON.stringify(answers);
  if (content.length > MAX_BYTES) return;
  const path = join(storePath, FILE);
  const temporary = `${path}.${process.pid}`;
  try {
    await writeFile(temporary, `${checksum(version, content)}\n${content}`);
    await rename(temporary, path);
  } catch {
    // A full disk or a store that was just removed: the next opening asks again.
  }
}

const checksum = (version: string, content: string): string =>
  createHash('sha256').update(version).update('\0').update(content).digest('hex');

/** From the store where it has them, else from the trace. */
export async function firstAnswers(
  handle: Native.TraceHandle,
  storePath: string,
  version: string,
): Promise<FirstAnswers> {
  const kept = await readAnswers(storePath, version);
  if (kept !== undefined) return kept;
  const summary = await handle.summary();
  const answers = { summary, iterations: await handle.iterations() };
  await keepAnswers(storePath, version, answers);
  return answers;
}
