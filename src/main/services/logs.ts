// SPDX-License-Identifier: Apache-2.0
import { appendFile, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { IterscopeError } from '#shared/base/errors.ts';
import { shownText } from '#shared/base/terminal-text.ts';
import type {
  LogMatches,
  LogPage,
  LogPageRequest,
  LogPart,
  LogSearchRequest,
  LogStream,
} from '#shared/contract/log.ts';
import { z } from 'zod';
import type { Library } from './library.ts';
import { LogIndex, MOST_BLOCK_BYTES, type LogBlock, type LogPaths } from './log-index.ts';

/** The order of both outputs, kept with the run: two files alone do not say which line came first. */
export const ORDER_FILE = 'output-order.jsonl';
/** A page's text; very long lines make it shorter than asked. */
const PAGE_BYTES = 4 * 1024 * 1024;
const MOST_MATCHES = 100_000;
/** Indexes of ended runs that are kept at hand. */
const MOST_KEPT = 4;
/** How closely the order of the outputs is known, while a profiled and while a timing run lives. */
const PERIOD_MS = { profiled: 100, timing: 500 } as const;

const orderLine = z.tuple([z.enum(['o', 'e']), z.int().positive(), z.int().positive()]);

interface Followed {
  readonly index: LogIndex;
  /** Path of the order file. */
  readonly order: string;
  readonly timer: NodeJS.Timeout;
  /** Blocks that the order file holds. */
  written: number;
  writing: Promise<void>;
}

/** Pages of and searches in the outputs of runs, living and ended. */
export class LogService {
  readonly #library: Library;
  readonly #followed = new Map<string, Followed>();
  readonly #ended = new Map<string, Promise<LogIndex>>();
  readonly #searches = new Map<string, AbortController>();

  constructor(library: Library) {
    this.#library = library;
  }

  /** Follows the outputs of a run that starts, so that their order is known. */
  follow(id: string, profiled: boolean, step?: string): void {
    const key = keyOf(id, step);
    const index = new LogIndex(this.#pathsOf(id, step));
    const period = profiled ? PERIOD_MS.profiled : PERIOD_MS.timing;
    const timer = setInterval(() => void this.#advance(key, false), period);
    this.#followed.set(key, {
      index,
      order: this.#orderOf(id, step),
      timer,
      written: 0,
      writing: Promise.resolve(),
    });
  }

  /** The run has ended: what follows comes from its files alone. */
  async unfollow(id: string, step?: string): Promise<void> {
    const key = keyOf(id, step);
    const followed = this.#followed.get(key);
    if (followed === undefined) return;
    clearInterval(followed.timer);
    await this.#advance(key, true);
    this.#followed.delete(key);
    this.#keep(key, Promise.resolve(followed.index));
  }

  async page(id: string, { step, show, from, lines }: LogPageRequest): Promise<LogPage> {
    const live = this.#followed.get(keyOf(id, step));
    const index = live?.index ?? (await this.#endedIndex(id, step));
    if (live !== undefined) await index.refresh(false);
    const total = index.lines(show);
    const first = from ?? firstOfLast(index, show, lines);
    const parts = await readLines(index, show, first, lines);
    const tails = live === undefined ? [] : await tailsOf(index, show);
    const ended = live === undefined;
    return { from: first, parts, total, errorTotal: index.lines('stderr'), tails, ended };
  }

  /** Lines that hold a text, over the whole log. A newer search of the same run ends an older one. */
  async search(id: string, { step, show, text, matchCase }: LogSearchRequest): Promise<LogMatches> {
    this.#searches.get(id)?.abort();
    const abort = new AbortController();
    this.#searches.set(id, abort);
    const index = this.#followed.get(keyOf(id, step))?.index ?? (await this.#endedIndex(id, step));
    const plain = (line: string): string => (matchCase ? line : line.toLowerCase());
    const wanted = plain(text);
    const lines: number[] = [];
    let count = 0;
    for (const { block, first } of index.shown(show)) {
      const found = await index.text(block);
      if (abort.signal.aborted) {
        throw new IterscopeError({ code: 'request.cancelled', message: 'A newer search took its place.' });
      }
      for (const [at, line] of found.entries()) {
        if (!plain(shownText(line)).includes(wanted)) continue;
        count += 1;
        if (lines.length < MOST_MATCHES) lines.push(first + at);
      }
    }
    return { lines, count };
  }

  /** One after the other: the order file is appended to in order. */
  #advance(key: string, final: boolean): Promise<void> {
    const followed = this.#followed.get(key);
    if (followed === undefined) return Promise.resolve();
    followed.writing = followed.writing.then(() => this.#writeOrder(followed, final));
    return followed.writing;
  }

  async #writeOrder(followed: Followed, final: boolean): Promise<void> {
    await followed.index.refresh(final);
    // The newest block may still grow.
    const closed = followed.index.blocks.slice(followed.written, final ? undefined : -1);
    if (closed.length === 0) return;
    followed.written += closed.length;
    const text = closed.map(({ stream, end, lines }) =>
      JSON.stringify([stream === 'stdout' ? 'o' : 'e', end, lines]),
    );
    // Without it the run is as it was; only the order of its outputs is less well known.
    await appendFile(followed.order, `${text.join('\n')}\n`).catch(() => undefined);
  }

  #endedIndex(id: string, step: string | undefined): Promise<LogIndex> {
    const key = keyOf(id, step);
    const kept = this.#ended.get(key);
    if (kept !== undefined) return kept;
    const opening = this.#openEnded(id, step);
    this.#keep(key, opening);
    opening.catch(() => this.#ended.delete(key));
    return opening;
  }

  async #openEnded(id: string, step: string | undefined): Promise<LogIndex> {
    const paths = this.#pathsOf(id, step);
    const index = new LogIndex(paths, await readOrder(this.#orderOf(id, step), paths));
    await index.refresh(true);
    return index;
  }

  #keep(key: string, index: Promise<LogIndex>): void {
    this.#ended.delete(key);
    this.#ended.set(key, index);
    const [oldest] = this.#ended.keys();
    if (this.#ended.size > MOST_KEPT && oldest !== undefined) this.#ended.delete(oldest);
  }

  #orderOf(id: string, step: string | undefined): string {
    return join(this.#library.processFolderOf(id, step), ORDER_FILE);
  }

  #pathsOf(id: string, step: string | undefined): LogPaths {
    return {
      stdout: this.#library.logOf(id, 'stdout', step),
      stderr: this.#library.logOf(id, 'stderr', step),
    };
  }
}

/** Outputs are known by run, and by step where it has several. */
function keyOf(id: string, step: string | undefined): string {
  return step === undefined ? id : `${id}/${step}`;
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** The blocks that a living run's index left; as far as they agree with the files. */
async function readOrder(path: string, paths: LogPaths): Promise<LogBlock[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const sizes = { stdout: await sizeOf(paths.stdout), stderr: await sizeOf(paths.stderr) };
  const ends: Record<LogStream, number> = { stdout: 0, stderr: 0 };
  const blocks: LogBlock[] = [];
  for (const line of text.split('\n')) {
    const parsed = orderLine.safeParse(parseJson(line));
    if (!parsed.success) break;
    const [letter, end, lines] = parsed.data;
    const stream: LogStream = letter === 'o' ? 'stdout' : 'stderr';
    const bytes = end - ends[stream];
    // The file may come from elsewhere: no block may be larger than one is made, or hold more lines than bytes.
    if (bytes <= 0 || bytes > MOST_BLOCK_BYTES || lines > bytes || end > sizes[stream]) break;
    blocks.push({ stream, start: ends[stream], end, lines });
    ends[stream] = end;
  }
  return blocks;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

/** The first of the last `lines`, or a later one where those are very long. */
function firstOfLast(index: LogIndex, show: LogPageRequest['show'], lines: number): number {
  const total = index.lines(show);
  let first = total;
  let bytes = 0;
  for (const { block, first: at } of [...index.shown(show)].reverse()) {
    bytes += block.end - block.start;
    if (bytes > PAGE_BYTES || first <= total - lines) break;
    first = at;
  }
  return Math.max(first, total - lines, 0);
}

async function readLines(
  index: LogIndex,
  show: LogPageRequest['show'],
  from: number,
  lines: number,
): Promise<LogPart[]> {
  const parts: LogPart[] = [];
  let missing = lines;
  let bytes = 0;
  for (const { block, first } of index.shown(show)) {
    if (missing <= 0 || bytes >= PAGE_BYTES) break;
    if (first + block.lines <= from) continue;
    const skipped = Math.max(0, from - first);
    const text = (await index.text(block)).slice(skipped, skipped + missing);
    bytes += block.end - block.start;
    missing -= text.length;
    const last = parts.at(-1);
    if (last?.stream === block.stream) last.lines.push(...text);
    else parts.push({ stream: block.stream, lines: text });
  }
  return parts;
}

/** Only what is on the screen of a living program: more of an endless line helps nobody. */
const TAIL_CHARACTERS = 4096;

async function tailsOf(index: LogIndex, show: LogPageRequest['show']): Promise<LogPage['tails']> {
  const shown = (['stdout', 'stderr'] as const).filter((stream) => show === 'both' || show === stream);
  const tails = await Promise.all(
    shown.map(async (stream) => ({ stream, text: (await index.tail(stream)).slice(-TAIL_CHARACTERS) })),
  );
  return tails.filter(({ text }) => text !== '');
}
