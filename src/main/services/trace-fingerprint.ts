// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/**
 * What tells a file by its content, wherever it lies and whatever it is called: its size and 16 blocks spread over all of it.
 * Reading all of a trace of many gigabytes would take seconds before the first note is shown.
 */

const BLOCKS = 16;
const BLOCK_BYTES = 64 * 1024;

/** 64 hexadecimal digits. */
export async function traceFingerprint(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const hash = createHash('sha256').update(`${size}\n`);
    const last = Math.max(size - BLOCK_BYTES, 0);
    const block = Buffer.alloc(BLOCK_BYTES);
    const places = Array.from({ length: BLOCKS }, (_, at) => Math.floor((last * at) / (BLOCKS - 1)));
    for (const place of new Set(places)) {
      const { bytesRead } = await file.read(block, 0, BLOCK_BYTES, place);
      hash.update(block.subarray(0, bytesRead));
    }
    return hash.digest('hex');
  } finally {
    await file.close();
  }
}
