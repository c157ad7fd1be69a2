// SPDX-License-Identifier: Apache-2.0
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { runExit } from '#shared/contract/run.ts';
import type { RunExit } from '#shared/contract/run.ts';
import { z } from 'zod';

/** The last line of a journal is far shorter, and journals of long runs are long. */
const TAIL_BYTES = 64 * 1024;

export const exitedEvent = runExit.extend({ event: z.literal('exited') });

/** How a run ended, by the last word of its supervisor's journal; undefined where that word is missing. */
export async function journalledExit(runFolder: string): Promise<RunExit | undefined> {
  const text = await readEnd(join(runFolder, 'supervisor.jsonl')).catch(() => '');
  const last = text.trimEnd().split('\n').at(-1) ?? '';
  try {
    const parsed = exitedEvent.safeParse(JSON.parse(last));
    return parsed.success ? runExit.parse(parsed.data) : undefined;
  } catch {
    // A line that was cut when its writer died tells nothing.
    return undefined;
  }
}

async function readEnd(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const bytes = Math.min(size, TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, size - bytes);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
