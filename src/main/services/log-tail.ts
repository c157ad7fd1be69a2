// SPDX-License-Identifier: Apache-2.0
import { open, stat } from 'node:fs/promises';
import { isMissing } from './files.ts';

/** How much of a log crosses to the window at once. */
const CHUNK_BYTES = 256 * 1024;
/** A line longer than this is cut into pieces: programs may print without end. */
const LONGEST_LINE_BYTES = 64 * 1024;
/** Chunks that one look at a growing log reads at most: one that grows faster than it is read must not hold it. */
const CHUNKS_PER_READ = 64;

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
export function completeLength(data: Buffer): number {
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

export interface LogChunk {
  readonly text: string;
  /** Byte offset to ask from next time. */
  readonly nextOffset: number;
  /** More is already there. */
  readonly more: boolean;
}

/**
 * A piece of a log from a byte offset on; an absent file is an empty one. Bytes of a character that is not yet
 * written whole are left for the next piece.
 */
export async function readLogChunk(path: string, offset: number): Promise<LogChunk> {
  try {
    const { data, size } = await readAt(path, offset, CHUNK_BYTES);
    const length = completeLength(data);
    const more = offset + data.length < size;
    return { text: data.toString('utf8', 0, length), nextOffset: offset + length, more };
  } catch (thrown) {
    if (isMissing(thrown)) return { text: '', nextOffset: offset, more: false };
    throw thrown;
  }
}

/**
 * The last lines of a log that say anything, however long it is; an absent file has none.
 * @param counts which of them to take; all by default
 */
export async function lastLines(
  path: string,
  count: number,
  counts: (line: string) => boolean = () => true,
): Promise<string[]> {
  const size = await stat(path).then(
    (info) => info.size,
    () => 0,
  );
  const { text } = await readLogChunk(path, Math.max(0, size - LONGEST_LINE_BYTES));
  return text
    .split('\n')
    .filter((line) => line.trim() !== '' && counts(line))
    .slice(-count);
}

/** Follows a growing log, line by line. */
export class LogTail {
  readonly #path: string;
  #offset = 0;
  #rest = '';

  constructor(path: string) {
    this.#path = path;
  }

  /** What follows the last line that was read; it may still grow. */
  get rest(): string {
    return this.#rest;
  }

  /** The lines that were completed since the last call, as far as they have been read. */
  async read(): Promise<string[]> {
    const lines: string[] = [];
    for (let chunk = 0; chunk < CHUNKS_PER_READ; chunk += 1) {
      if (!(await this.#readChunk(lines))) break;
    }
    return lines;
  }

  /** All remaining lines of a log that does not grow any more, piece by piece; the last one even without end. */
  async *drain(): AsyncGenerator<string[]> {
    for (let more = true; more;) {
      const lines: string[] = [];
      more = await this.#readChunk(lines);
      if (lines.length > 0) yield lines;
    }
    if (this.#rest !== '') yield [this.#rest];
    this.#rest = '';
  }

  /** Adds the lines of the next chunk; whether there is more after it. */
  async #readChunk(lines: string[]): Promise<boolean> {
    const chunk = await readLogChunk(this.#path, this.#offset);
    this.#offset = chunk.nextOffset;
    const pieces = (this.#rest + chunk.text).split('\n');
    this.#rest = pieces.pop() ?? '';
    lines.push(...pieces);
    if (this.#rest.length > LONGEST_LINE_BYTES) {
      lines.push(this.#rest);
      this.#rest = '';
    }
    return chunk.more;
  }
}
