// SPDX-License-Identifier: Apache-2.0
import { open, type FileHandle } from 'node:fs/promises';
import type { LogShow, LogStream } from '#shared/contract/log.ts';
import { completeLength } from './log-tail.ts';
import { isMissing } from './files.ts';

/**
 * Where the lines of a run's two outputs are: blocks of whole lines in the order in which they were seen.
 * A log of a million lines is known by some thousand blocks; its text stays in its files.
 */

/** A block is closed at this size; a line longer than it is cut into pieces, since programs may print without end. */
export const MOST_BLOCK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;
const streams: readonly LogStream[] = ['stdout', 'stderr'];

export interface LogBlock {
  readonly stream: LogStream;
  /** Byte offsets in the stream's file; the end is exclusive. */
  readonly start: number;
  readonly end: number;
  readonly lines: number;
}

export type LogPaths = Readonly<Record<LogStream, string>>;

const inShow = (show: LogShow, stream: LogStream): boolean => show === 'both' || show === stream;

/** The bytes of a file from `start` on; an absent file is an empty one. */
async function readPart(path: string, start: number, bytes: number): Promise<Buffer> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (thrown) {
    if (isMissing(thrown)) return Buffer.alloc(0);
    throw thrown;
  }
  try {
    const data = Buffer.allocUnsafe(bytes);
    const { bytesRead } = await file.read(data, 0, bytes, start);
    return data.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Lines in a block's bytes: its last one may lack an end where a long line was cut. */
function countLines(data: Buffer): number {
  let lines = 0;
  for (let at = data.indexOf(NEWLINE); at >= 0; at = data.indexOf(NEWLINE, at + 1)) lines += 1;
  return data.at(-1) === NEWLINE || data.length === 0 ? lines : lines + 1;
}

export class LogIndex {
  readonly #paths: LogPaths;
  readonly #blocks: LogBlock[] = [];
  readonly #ends: Record<LogStream, number> = { stdout: 0, stderr: 0 };
  readonly #lines: Record<LogStream, number> = { stdout: 0, stderr: 0 };
  #reading: Promise<void> = Promise.resolve();

  /** `known` are the blocks that an earlier index found. */
  constructor(paths: LogPaths, known: readonly LogBlock[] = []) {
    this.#paths = paths;
    for (const block of known) this.#add(block);
  }

  get blocks(): readonly LogBlock[] {
    return this.#blocks;
  }

  lines(show: LogShow): number {
    return show === 'both' ? this.#lines.stdout + this.#lines.stderr : this.#lines[show];
  }

  /** Takes in what was written since the last time; `final` makes a last line without end a line, too. */
  refresh(final: boolean): Promise<void> {
    this.#reading = this.#reading.then(() => this.#refresh(final));
    return this.#reading;
  }

  /** What follows the last whole line of a stream: a prompt, or a progress bar that rewrites itself. */
  async tail(stream: LogStream): Promise<string> {
    return (await readPart(this.#paths[stream], this.#ends[stream], MOST_BLOCK_BYTES)).toString('utf8');
  }

  /** The lines of a block. */
  async text(block: LogBlock): Promise<string[]> {
    const data = await readPart(this.#paths[block.stream], block.start, block.end - block.start);
    const lines = data.toString('utf8').split('\n');
    if (data.at(-1) === NEWLINE) lines.pop();
    return lines;
  }

  /** The blocks of what is shown, each with the number of its first line there. */
  *shown(show: LogShow): Generator<{ readonly block: LogBlock; readonly first: number }> {
    let first = 0;
    for (const block of this.#blocks) {
      if (!inShow(show, block.stream)) continue;
      yield { block, first };
      first += block.lines;
    }
  }

  #add(block: LogBlock): void {
    const last = this.#blocks.at(-1);
    const joins = last?.stream === block.stream && block.end - last.start <= MOST_BLOCK_BYTES;
    if (joins) this.#blocks[this.#blocks.length - 1] = joined(last, block);
    else this.#blocks.push(block);
    this.#ends[block.stream] = block.end;
    this.#lines[block.stream] += block.lines;
  }

  async #refresh(final: boolean): Promise<void> {
    let isMore = true;
    while (isMore) {
      isMore = false;
      // Alternately, so that a flood on one output does not push all of the other behind it.
      for (const stream of streams) isMore = (await this.#readOn(stream, final)) || isMore;
    }
  }

  /** Reads one block of a stream; false when nothing whole is left. */
  async #readOn(stream: LogStream, final: boolean): Promise<boolean> {
    const start = this.#ends[stream];
    const data = await readPart(this.#paths[stream], start, MOST_BLOCK_BYTES);
    const isFull = data.length === MOST_BLOCK_BYTES;
    let length = data.lastIndexOf(NEWLINE) + 1;
    if (length === 0 && isFull) length = completeLength(data);
    if (final && !isFull) length = data.length;
    if (length === 0) return false;
    this.#add({ stream, start, end: start + length, lines: countLines(data.subarray(0, length)) });
    return isFull;
  }
}

function joined(last: LogBlock, next: LogBlock): LogBlock {
  return { ...last, end: next.end, lines: last.lines + next.lines };
}
