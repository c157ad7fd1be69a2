// SPDX-License-Identifier: Apache-2.0
import { open } from 'node:fs/promises';
import type { LogChunk } from '#shared/contract/run.ts';
import { isMissing } from './files.ts';

/** How much of a log crosses to the window at once. */
const CHUNK_BYTES = 256 * 1024;
/** A line longer than this is cut into pieces: programs may print without end. */
const LONGEST_LINE_BYTES = 64 * 1024;

async function readAt(path: string, offset: number, bytes: number): Promise<{ data: Buffer; size: number }> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const wanted = Math.max(0, Math.min(bytes, size - offset));
    const data = Buffer.alloc(wanted);
    const { bytesRead } = await file.read(data, 0, wanted, offset);
    return { data: data.subarray(0, bytesRead), size };
  } finally {
    await file.close();
  }
}

/** The length of the longest prefix that does not cut a UTF-8 sequence. */
function completeLength(data: Buffer): number {
  for (let back = 1; back <= Math.min(4, data.length); back += 1) {
    const byte = data[data.length - back] ?? 0;
    if (byte < 0x80) return data.length;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back >= needed ? data.length : data.length - back;
    }
  }
  return data.length;
}

/** A piece of a log from a byte offset on; an absent file is an empty one. */
export async function readLogChunk(path: string, offset: number): Promise<LogChunk> {
  try {
    const { data, size } = await readAt(path, offset, CHUNK_BYTES);
    const length = data.length === CHUNK_BYTES ? completeLength(data) : data.length;
    const nextOffset = offset + length;
    return { text: data.toString('utf8', 0, length), nextOffset, more: nextOffset < size };
  } catch (thrown) {
    if (isMissing(thrown)) return { text: '', nextOffset: offset, more: false };
    throw thrown;
  }
}

/** Follows a growing log, line by line. A last line without end is held back until `finish`. */
export class LogTail {
  readonly #path: string;
  #offset = 0;
  #rest = '';

  constructor(path: string) {
    this.#path = path;
  }

  /** The lines that were completed since the last call. */
  async read(): Promise<string[]> {
    const lines: string[] = [];
    for (;;) {
      const chunk = await readLogChunk(this.#path, this.#offset);
      this.#offset = chunk.nextOffset;
      const pieces = (this.#rest + chunk.text).split('\n');
      this.#rest = pieces.pop() ?? '';
      if (this.#rest.length > LONGEST_LINE_BYTES) {
        lines.push(this.#rest);
        this.#rest = '';
      }
      lines.push(...pieces);
      if (!chunk.more) return lines;
    }
  }

  /** The remaining lines, the last one even without end. */
  async finish(): Promise<string[]> {
    const lines = await this.read();
    if (this.#rest !== '') lines.push(this.#rest);
    this.#rest = '';
    return lines;
  }
}
