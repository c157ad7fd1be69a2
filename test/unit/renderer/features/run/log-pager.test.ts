// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogPage, LogShow } from '#shared/contract/log.ts';
import {
  emptyLog,
  LogPager,
  PAGE_LINES,
  type LogScreen,
  type LogState,
  type ScreenLine,
} from '#renderer/features/run/log/pager.ts';

/** A log in memory that answers as main does. */
class Source {
  lines: string[] = [];
  tail = '';
  ended = false;
  pages = 0;

  add(count: number): void {
    const from = this.lines.length;
    for (let at = 0; at < count; at += 1) this.lines.push(`line ${(from + at).toString()}`);
  }

  page({ from, lines }: { show: LogShow; from: number | null; lines: number }): Promise<LogPage> {
    this.pages += 1;
    const total = this.lines.length;
    const first = from ?? Math.max(0, total - lines);
    return Promise.resolve({
      from: first,
      parts: [{ stream: 'stdout', lines: this.lines.slice(first, first + lines) }],
      total,
      errorTotal: 0,
      tails: this.tail === '' ? [] : [{ stream: 'stderr', text: this.tail }],
      ended: this.ended,
    });
  }

  search({ text }: { text: string }): Promise<{ lines: number[]; count: number }> {
    const lines = this.lines.flatMap((line, at) => (line.includes(text) ? [at] : []));
    return Promise.resolve({ lines, count: lines.length });
  }
}

class Screen implements LogScreen {
  shown: ScreenLine[] = [];
  tails: readonly ScreenLine[] = [];
  top = 0;
  isAtBottom = false;
  marked: { line: string | undefined; text: string } | null = null;

  get topLine(): number {
    return this.top;
  }
  replace(lines: readonly ScreenLine[], tails: readonly ScreenLine[]): Promise<void> {
    this.shown = [];
    return this.append(lines, tails);
  }
  append(lines: readonly ScreenLine[], tails: readonly ScreenLine[]): Promise<void> {
    this.shown.push(...lines);
    this.tails = tails;
    return Promise.resolve();
  }
  scrollToBottom(): void {
    this.isAtBottom = true;
  }
  showLine(line: number): void {
    this.isAtBottom = false;
    this.top = line;
  }
  mark(line: number, text: string): void {
    this.marked = { line: this.shown[line]?.text, text };
  }
  clearMarks(): void {
    this.marked = null;
  }
}

function open(source: Source, follow = true) {
  const screen = new Screen();
  const view: { state: LogState } = { state: emptyLog };
  const onState = (state: LogState): void => {
    view.state = state;
  };
  const onFailure = (thrown: unknown): void => {
    throw thrown;
  };
  const pager = new LogPager({ source, screen, onState, onFailure, pollMs: 250 }, 'both', follow);
  return { pager, screen, view };
}

/** Lets what is under way finish, and the clock go on by one look at the log. */
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
const look = (): Promise<unknown> => vi.advanceTimersByTimeAsync(250);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a log on the screen', () => {
  it('begins at its end and takes in what comes', async () => {
    const source = new Source();
    source.add(12_000);
    const { screen, view } = open(source);
    await settle();
    expect(view.state).toMatchObject({ from: 12_000 - PAGE_LINES, to: 12_000, total: 12_000 });
    expect(screen.isAtBottom).toBe(true);
    source.add(2);
    source.tail = '10 %\r\u001b[32m50 %\u001b[0m\u001b[2J';
    await look();
    expect(screen.shown.at(-1)?.text).toBe('line 12001');
    expect(screen.tails).toEqual([{ text: '\u001b[32m50 %\u001b[0m', isError: true }]);
  });

  it('loads what lies before when its top is reached, and keeps the reader’s place', async () => {
    const source = new Source();
    source.add(12_000);
    const { pager, screen, view } = open(source);
    await settle();
    pager.scrolled({ top: true, bottom: false });
    await settle();
    expect(view.state).toMatchObject({ from: 2_000, follow: false });
    expect(screen.shown[screen.top]?.text).toBe('line 7000');
    pager.toStart();
    await settle();
    expect(screen.shown[screen.top]?.text).toBe('line 0');
    pager.scrolled({ top: false, bottom: true });
    await settle();
    expect(view.state.from).toBeLessThanOrEqual(screen.top);
    expect(view.state.to).toBe(2 * PAGE_LINES);
    pager.setFollow(true);
    await settle();
    expect(view.state).toMatchObject({ to: 12_000, follow: true });
    expect(screen.isAtBottom).toBe(true);
  });

  it('stays where the reader went while lines were being fetched', async () => {
    const source = new Source();
    source.add(100);
    const { pager, screen, view } = open(source);
    await settle();
    source.add(10);
    const answer = source.page.bind(source);
    source.page = (request) => {
      // As the wheel does it: before the lines that are under way arrive.
      pager.setFollow(false);
      screen.isAtBottom = false;
      return answer(request);
    };
    await look();
    expect(screen.shown).toHaveLength(110);
    expect(screen.isAtBottom).toBe(false);
    expect(view.state.follow).toBe(false);
  });

  it('does not move under a reader: what comes is counted, not drawn over', async () => {
    const source = new Source();
    source.add(12_000);
    const { pager, screen, view } = open(source);
    await settle();
    pager.toStart();
    await settle();
    const { length } = screen.shown;
    source.add(1_000);
    await look();
    expect(screen.shown).toHaveLength(length);
    expect(view.state).toMatchObject({ total: 13_000, follow: false });
  });

  it('skips what floods by while the end is followed, within its bound', async () => {
    const source = new Source();
    source.add(10);
    const { screen, view } = open(source);
    await settle();
    for (let round = 0; round < 40; round += 1) {
      source.add(4_000);
      await look();
      expect(screen.shown.length).toBeLessThanOrEqual(15_000);
      expect(screen.shown.at(-1)?.text).toBe(source.lines.at(-1));
    }
    source.add(500_000);
    await look();
    expect(view.state.to).toBe(source.lines.length);
    expect(screen.shown).toHaveLength(PAGE_LINES);
  });

  it('is not looked at any more when the run has ended, or nobody shows it', async () => {
    const source = new Source();
    source.add(5);
    source.ended = true;
    open(source);
    await look();
    await look();
    const { pages } = source;
    await look();
    expect(source.pages).toBe(pages);
    const live = new Source();
    const { pager } = open(live);
    await settle();
    pager.stop();
    const before = live.pages;
    await look();
    expect(live.pages).toBe(before);
  });

  it('asks a reader who returns to its end to follow again', async () => {
    const source = new Source();
    source.add(50);
    const { pager, view } = open(source);
    await settle();
    pager.scrolled({ top: false, bottom: false });
    expect(view.state.follow).toBe(false);
    pager.scrolled({ top: false, bottom: true });
    expect(view.state.follow).toBe(true);
  });
});

describe('a search in a log', () => {
  it('leads to each line that holds it, around the ends, loading what it needs', async () => {
    const source = new Source();
    source.add(30_000);
    for (const at of [7, 15_000, 29_999]) source.lines[at] = `needle ${at.toString()}`;
    const { pager, screen, view } = open(source);
    await settle();
    pager.search('needle', false);
    await settle();
    expect(view.state.search).toMatchObject({ count: 3, at: 2 });
    expect(screen.marked).toEqual({ line: 'needle 29999', text: 'needle' });
    pager.step(1);
    await settle();
    expect(screen.marked?.line).toBe('needle 7');
    expect(view.state.follow).toBe(false);
    pager.step(1);
    await settle();
    expect(screen.marked?.line).toBe('needle 15000');
    pager.step(-1);
    pager.step(-1);
    await settle();
    expect(screen.marked?.line).toBe('needle 29999');
    pager.search('', false);
    expect([screen.marked, view.state.search]).toEqual([null, null]);
  });

  it('knows what came since it was asked', async () => {
    const source = new Source();
    source.add(10);
    source.lines[3] = 'needle';
    const { pager, view } = open(source);
    await settle();
    pager.search('needle', false);
    await settle();
    expect(view.state.search).toMatchObject({ count: 1, at: 0 });
    source.lines.push('needle again');
    await look();
    pager.step(1);
    await settle();
    expect(view.state.search).toMatchObject({ count: 2, at: 1 });
  });

  it('that finds nothing says so', async () => {
    const source = new Source();
    source.add(10);
    const { pager, view } = open(source);
    await settle();
    pager.search('absent', false);
    await settle();
    pager.step(1);
    await settle();
    expect(view.state.search).toEqual({ text: 'absent', matchCase: false, count: 0, at: null });
  });
});
