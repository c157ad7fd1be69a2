// SPDX-License-Identifier: Apache-2.0
import { colouredText } from '#shared/base/terminal-text.ts';
import type { LogMatches, LogPage, LogPageRequest, LogSearchRequest, LogShow } from '#shared/contract/log.ts';

/**
 * Which lines of a run's log are on the screen. A log may have millions of lines: a bounded piece of it is
 * shown, and scrolling past its edge, searching or following the end loads another piece from the file.
 */

/** Lines that are loaded at once. */
export const PAGE_LINES = 5_000;
/** Lines on the screen at most, while the end is followed. */
const MOST_LINES = 15_000;

export interface ScreenLine {
  readonly text: string;
  readonly isError: boolean;
}

/** What shows the lines: see the terminal's screen. */
export interface LogScreen {
  replace(lines: readonly ScreenLine[], tails: readonly ScreenLine[]): Promise<void>;
  append(lines: readonly ScreenLine[], tails: readonly ScreenLine[]): Promise<void>;
  scrollToBottom(): void;
  showLine(line: number, place: 'top' | 'middle'): void;
  readonly topLine: number;
  mark(line: number, text: string, matchCase: boolean): void;
  clearMarks(): void;
}

export interface LogSource {
  page(request: LogPageRequest): Promise<LogPage>;
  search(request: LogSearchRequest): Promise<LogMatches>;
}

export interface LogSearchState {
  readonly text: string;
  readonly matchCase: boolean;
  /** Lines that hold the text; null while they are being looked for. */
  readonly count: number | null;
  /** Place of the line that is shown among them, from 0; null when none is. */
  readonly at: number | null;
}

export interface LogState {
  /** The lines on the screen; the end is exclusive. */
  readonly from: number;
  readonly to: number;
  readonly total: number;
  readonly errorTotal: number;
  readonly hasTail: boolean;
  readonly follow: boolean;
  /** Nothing more will come. */
  readonly ended: boolean;
  readonly search: LogSearchState | null;
}

export const emptyLog: LogState = {
  from: 0,
  to: 0,
  total: 0,
  errorTotal: 0,
  hasTail: false,
  follow: false,
  ended: false,
  search: null,
};

export interface LogPagerParts {
  readonly source: LogSource;
  readonly screen: LogScreen;
  readonly onState: (state: LogState) => void;
  readonly onFailure: (thrown: unknown) => void;
  /** How often a living log is looked at. */
  readonly pollMs: number;
}

export class LogPager {
  readonly #parts: LogPagerParts;
  #state: LogState = emptyLog;
  #show: LogShow;
  #matches: readonly number[] = [];
  /** The total that the matches belong to. */
  #searchedTotal = 0;
  #work: Promise<void> = Promise.resolve();
  #isBusy = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;

  constructor(parts: LogPagerParts, show: LogShow, follow: boolean) {
    this.#parts = parts;
    this.#show = show;
    this.#state = { ...emptyLog, follow };
    this.#do(() => this.#showEnd());
    this.#poll();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  setShow(show: LogShow): void {
    if (show === this.#show) return;
    this.#show = show;
    const { search } = this.#state;
    this.#do(() => this.#showEnd());
    if (search !== null) this.search(search.text, search.matchCase);
  }

  /** Following shows the end as it comes; scrolling up pauses it. */
  setFollow(follow: boolean): void {
    if (follow === this.#state.follow) return;
    this.#tell({ follow });
    if (follow) this.toEnd();
  }

  toEnd(): void {
    this.#do(async () => {
      if (this.#state.to < this.#state.total) await this.#showEnd();
      this.#parts.screen.scrollToBottom();
    });
  }

  toStart(): void {
    this.#tell({ follow: false });
    this.#do(async () => {
      if (this.#state.from > 0) await this.#load(0, PAGE_LINES);
      this.#parts.screen.showLine(0, 'top');
    });
  }

  /** The user scrolled: at an edge of what is loaded, more of it is fetched. */
  scrolled({ top, bottom }: { readonly top: boolean; readonly bottom: boolean }): void {
    if (this.#isBusy) return;
    const { from, to, total, follow, ended } = this.#state;
    if (bottom && to >= total) {
      if (!follow && !ended) this.#tell({ follow: true });
    } else if (follow && !bottom) this.#tell({ follow: false });
    if (top && from > 0) this.#do(() => this.#showEarlier());
    else if (bottom && to < total) this.#do(() => this.#showLater());
  }

  /** Looks for a text in the whole log; an empty one ends the search. */
  search(text: string, matchCase: boolean): void {
    this.#matches = [];
    if (text === '') {
      this.#parts.screen.clearMarks();
      this.#tell({ search: null });
      return;
    }
    this.#tell({ search: { text, matchCase, count: null, at: null } });
    this.#do(async () => {
      await this.#findMatches();
      const line = this.#state.from + this.#parts.screen.topLine;
      await this.#showMatch(this.#firstFrom(line));
    });
  }

  /** Shows the next (1) or previous (-1) line that holds the text, around the ends. */
  step(direction: 1 | -1): void {
    this.#do(async () => {
      const { search, total } = this.#state;
      if (search === null) return;
      const line = this.#matches[search.at ?? -1];
      if (total !== this.#searchedTotal) {
        await this.#findMatches();
        if (line !== undefined) this.#tellSearch({ at: this.#firstFrom(line) });
      }
      const count = this.#matches.length;
      const at = this.#state.search?.at;
      if (count === 0) return;
      await this.#showMatch(at === null || at === undefined ? 0 : (at + direction + count) % count);
    });
  }

  async #findMatches(): Promise<void> {
    const { search, total } = this.#state;
    if (search === null) return;
    const { text, matchCase } = search;
    const { lines, count } = await this.#parts.source.search({ show: this.#show, text, matchCase });
    // Typing went on meanwhile: a newer search follows.
    if (this.#state.search?.text !== text || this.#state.search.matchCase !== matchCase) return;
    this.#matches = lines;
    this.#searchedTotal = total;
    this.#tellSearch({ count, at: null });
  }

  /** The place of the first match at or after a line; the first of all where there is none. */
  #firstFrom(line: number): number {
    const found = this.#matches.findIndex((match) => match >= line);
    return found < 0 ? 0 : found;
  }

  async #showMatch(at: number): Promise<void> {
    const line = this.#matches[at];
    const { search } = this.#state;
    if (line === undefined || search === null) return;
    this.#tell({ follow: false, search: { ...search, at } });
    const { from, to } = this.#state;
    if (line < from || line >= to) await this.#load(Math.max(0, line - PAGE_LINES / 2), PAGE_LINES);
    const { screen } = this.#parts;
    screen.showLine(line - this.#state.from, 'middle');
    screen.mark(line - this.#state.from, search.text, search.matchCase);
  }

  async #showEnd(): Promise<void> {
    await this.#load(null, PAGE_LINES);
    this.#parts.screen.scrollToBottom();
  }

  async #showEarlier(): Promise<void> {
    const { from } = this.#state;
    const first = Math.max(0, from - PAGE_LINES);
    await this.#load(first, 2 * PAGE_LINES);
    this.#parts.screen.showLine(from - first, 'top');
  }

  async #showLater(): Promise<void> {
    const { from, to } = this.#state;
    const top = from + this.#parts.screen.topLine;
    const first = Math.max(from, Math.min(top, to - PAGE_LINES));
    await this.#load(first, 2 * PAGE_LINES);
    this.#parts.screen.showLine(top - first, 'top');
  }

  /** Shows lines from `from` on (the last ones for null) instead of what is shown. */
  async #load(from: number | null, lines: number): Promise<void> {
    const page = await this.#parts.source.page({ show: this.#show, from, lines });
    await this.#parts.screen.replace(linesOf(page), tailsOf(page, lineCount(page)));
    this.#takePage(page, page.from);
  }

  /** Brings what was written since; only its size where the end is not on the screen. */
  async #advance(): Promise<void> {
    const { to, from, total, follow } = this.#state;
    const showsEnd = to >= total;
    if (!showsEnd || (!follow && to - from >= MOST_LINES)) {
      const page = await this.#parts.source.page({ show: this.#show, from: total, lines: 0 });
      this.#tell({ total: page.total, errorTotal: page.errorTotal, ended: page.ended });
      return;
    }
    const page = await this.#parts.source.page({ show: this.#show, from: to, lines: PAGE_LINES });
    const arrived = lineCount(page);
    // A flood: what scrolled by unseen is not drawn.
    if (to + arrived < page.total || (to - from + arrived > MOST_LINES && follow)) {
      if (this.#state.follow) return this.#showEnd();
    }
    await this.#parts.screen.append(linesOf(page), tailsOf(page, arrived));
    this.#takePage(page, from);
    // The reader may have gone up while the lines were fetched.
    if (this.#state.follow) this.#parts.screen.scrollToBottom();
  }

  #takePage(page: LogPage, from: number): void {
    this.#tell({
      from,
      to: page.from + lineCount(page),
      total: page.total,
      errorTotal: page.errorTotal,
      hasTail: page.tails.length > 0,
      ended: page.ended,
    });
  }

  #poll(): void {
    this.#timer = setTimeout(() => {
      this.#do(async () => {
        // What fails once may work the next time.
        await this.#advance().finally(() => {
          if (!this.#state.ended && !this.#isStopped) this.#poll();
        });
      });
    }, this.#parts.pollMs);
  }

  /** One thing after the other: pages never overtake each other. */
  #do(work: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#isStopped) return;
      this.#isBusy = true;
      try {
        await work();
      } catch (thrown) {
        this.#fail(thrown);
      } finally {
        this.#isBusy = false;
      }
    });
  }

  #fail(thrown: unknown): void {
    if (!this.#isStopped) this.#parts.onFailure(thrown);
  }

  #tellSearch(change: Partial<LogSearchState>): void {
    const { search } = this.#state;
    if (search !== null) this.#tell({ search: { ...search, ...change } });
  }

  #tell(change: Partial<LogState>): void {
    this.#state = { ...this.#state, ...change };
    if (!this.#isStopped) this.#parts.onState(this.#state);
  }
}

const lineCount = (page: LogPage): number => page.parts.reduce((sum, { lines }) => sum + lines.length, 0);

function linesOf(page: LogPage): ScreenLine[] {
  return page.parts.flatMap(({ stream, lines }) =>
    lines.map((text) => ({ text, isError: stream === 'stderr' })),
  );
}

/** Unfinished lines belong below the last line only. */
function tailsOf(page: LogPage, arrived: number): ScreenLine[] {
  if (page.from + arrived < page.total) return [];
  return page.tails.map(({ stream, text }) => ({ text: colouredText(text), isError: stream === 'stderr' }));
}
