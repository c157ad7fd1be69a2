// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Iteration, TraceSummary } from '#shared/contract/engine.ts';
import { captureText } from '#renderer/features/trace/model/capture-text.ts';
import { iterationRows, type IterationRow } from '#renderer/features/trace/model/iteration-rows.ts';
import { moveInGrid, overviewGrid } from '#renderer/features/trace/model/overview.ts';
import { setWarnings } from '#renderer/features/trace/model/set-warnings.ts';
import { findStragglers, stragglerSentence } from '#renderer/features/trace/model/stragglers.ts';
import { cureCodes, cureOf } from '#renderer/features/trace/model/warning-cures.ts';
import { makeIteration } from '../../../../builders/run.ts';
import { makeGpuIteration, makeOpened, makeReady } from '../../../../builders/trace.ts';

type Change = (rank: number, iteration: number) => Partial<Iteration>;

/** Rows of a set in which each iteration of each rank is changed as stated. */
function rowsOf(ranks: number, iterations: number, change: Change, make = makeIteration): IterationRow[] {
  const traces = Array.from({ length: ranks }, (_, rank) => {
    const made = Array.from({ length: iterations }, (_, index) => ({
      ...make(index),
      ...change(rank, index),
    }));
    return makeReady(`r${rank}`, made, `Rank ${rank}`);
  });
  return iterationRows(traces);
}

/** A host window of so many nanoseconds. */
const lasting = (index: number, ns: number): Partial<Iteration> => {
  const { startNs } = makeIteration(index);
  return { startNs, endNs: startNs + ns };
};

describe('the grid of ranks and iterations', () => {
  test('has a cell for each iteration and rank while they can be told apart', () => {
    const grid = overviewGrid(
      rowsOf(2, 5, (rank, index) => lasting(index, 100 + rank * 10 + index)),
      'time',
    );
    expect(grid.ranks).toEqual(['Rank 0', 'Rank 1']);
    expect(grid.perColumn).toBe(1);
    expect(grid.columns.map(({ first }) => first)).toEqual([0, 1, 2, 3, 4]);
    expect(grid.cells.map((cell) => cell?.ns)).toEqual([100, 101, 102, 103, 104, 110, 111, 112, 113, 114]);
  });

  test('keeps the longest of each bin, and which iteration it was', () => {
    const rows = rowsOf(100, 5000, (rank, index) =>
      lasting(index, rank === 63 && index === 4321 ? 9_000_000 : 1_000_000),
    );
    const grid = overviewGrid(rows, 'time');
    expect(grid.columns).toHaveLength(200);
    expect(grid.perColumn).toBe(25);
    expect(grid.columns.at(-1)).toEqual({ first: 4975, last: 4999 });
    const planted = grid.cells.flatMap((cell, at) => (cell?.ns === 9_000_000 ? [[at, cell.iteration]] : []));
    expect(planted).toEqual([[63 * 200 + Math.floor(4321 / 25), 4321]]);
  });

  test('covers every iteration once where bins do not come out even', () => {
    const { columns } = overviewGrid(
      rowsOf(1, 401, () => ({})),
      'time',
    );
    const covered = columns.flatMap(({ first, last }) =>
      Array.from({ length: last - first + 1 }, (_, at) => first + at),
    );
    expect(covered).toEqual(Array.from({ length: 401 }, (_, at) => at));
  });

  test('has no cell where a rank recorded nothing, and orders ranks by number', () => {
    const late = makeReady('b', [makeIteration(4)], 'Rank 2');
    const early = makeReady('a', [makeIteration(3)], 'Rank 10');
    const grid = overviewGrid(iterationRows([late, early]), 'time');
    expect(grid.ranks).toEqual(['Rank 2', 'Rank 10']);
    expect(grid.cells.map((cell) => cell?.iteration ?? null)).toEqual([null, 4, 3, null]);
  });

  test('shows idle time instead, and nothing where it is not known', () => {
    const parts = { computeNs: 5, communicationNs: 0, memoryNs: 0, idleNs: 7 };
    const known = makeReady('a', [makeGpuIteration(0, parts)], 'Rank 0');
    const unknown = makeReady('b', [{ ...makeIteration(0), hostComposition: null }], 'Rank 1');
    const { cells } = overviewGrid(iterationRows([known, unknown]), 'idle');
    expect(cells.map((cell) => cell?.ns ?? null)).toEqual([7, null]);
  });

  test.each([
    ['ArrowRight', { x: 4, y: 1 }, { x: 4, y: 1 }],
    ['ArrowLeft', { x: 4, y: 1 }, { x: 3, y: 1 }],
    ['ArrowUp', { x: 4, y: 1 }, { x: 4, y: 0 }],
    ['Home', { x: 4, y: 1 }, { x: 0, y: 1 }],
    ['End', { x: 0, y: 1 }, { x: 4, y: 1 }],
    ['ArrowDown', null, { x: 0, y: 0 }],
    ['a', { x: 4, y: 1 }, null],
  ])('is moved through by %s', (key, from, to) => {
    expect(moveInGrid(key, from, { columns: 5, rows: 2 })).toEqual(to);
    expect(moveInGrid(key, from, { columns: 0, rows: 0 })).toBeNull();
  });
});

describe('stragglers', () => {
  const uneven = (rank: number, index: number): number => 1_000_000 + ((rank * 7 + index * 5) % 4) * 1_000;

  test('are found by the host window: the planted rank, its share and its excess', () => {
    const rows = rowsOf(4, 20, (rank, index) =>
      lasting(index, rank === 2 && index < 18 ? 3_000_000 : uneven(rank, index)),
    );
    const [found] = findStragglers(rows);
    expect(found).toMatchObject({ of: 'host window', rankLabel: 'Rank 2', compared: 20, standsOut: true });
    expect(found?.slowest).toBeGreaterThanOrEqual(18);
    expect(found?.excessNs).toBeGreaterThan(1_990_000);
    if (found === undefined) throw new Error('no straggler');
    expect(stragglerSentence({ ...found, slowest: 18, excessNs: 1_998_500 })).toBe(
      'Rank 2 is the slowest by host window: in 18 of 20 iterations (90.0 %), typically 1.998 ms above the median of the ranks.',
    );
  });

  test('are found by the GPU although the others wait for them in communication', () => {
    const rows = rowsOf(4, 10, (rank, index) =>
      makeGpuIteration(index, {
        computeNs: rank === 1 ? 900 : 500 + rank,
        communicationNs: rank === 1 ? 100 : 500 - rank,
        memoryNs: 0,
        idleNs: 0,
      }),
    );
    const [found] = findStragglers(rows);
    expect(found).toEqual({
      of: 'GPU busy without communication',
      rankLabel: 'Rank 1',
      compared: 10,
      slowest: 10,
      // The ranks compute 500, 502, 503 and 900 ns.
      excessNs: 397.5,
      standsOut: true,
    });
  });

  test('do not stand out where ranks take turns', () => {
    const rows = rowsOf(4, 20, (rank, index) => lasting(index, index % 4 === rank ? 1_100_000 : 1_000_000));
    const [found] = findStragglers(rows);
    expect(found).toMatchObject({ slowest: 5, compared: 20, standsOut: false });
    expect(found === undefined ? '' : stragglerSentence(found)).toMatch(/^By host window no rank stands out/);
  });

  test('are none where ranks are equal', () => {
    const [found] = findStragglers(rowsOf(3, 20, () => ({})));
    expect(found).toMatchObject({ rankLabel: null, slowest: 0, compared: 20, standsOut: false });
    expect(found === undefined ? '' : stragglerSentence(found)).toBe(
      'By host window no rank is slower than the others in any of 20 iterations.',
    );
  });

  test('are not spoken of for a single rank, or steps that were recorded in part', () => {
    expect(findStragglers(rowsOf(1, 20, (_, index) => lasting(index, 1e6 + index)))).toEqual([]);
    const partial = rowsOf(2, 20, (rank, index) => ({
      ...lasting(index, 1e6 + rank),
      captured: rank === 1 ? 'partial' : 'complete',
    }));
    expect(findStragglers(partial)).toEqual([]);
  });
});

describe('warnings of a set', () => {
  const traces = (...summaries: Partial<TraceSummary>[]) =>
    summaries.map((summary, at) => ({ label: `Rank ${at}`, trace: makeOpened(`r${at}`, summary) }));
  const warning = (code: string, count: number, message = code) => ({ code, message, count });

  test('are one line for what several ranks share, with its ranks, sum and cure', () => {
    const found = setWarnings(
      traces(
        { warnings: [warning('truncated', 1), warning('zero-duration', 4)] },
        { warnings: [warning('zero-duration', 6)] },
      ),
    );
    expect(found).toEqual([
      { ...warning('truncated', 1), ranks: 'Rank 0', cure: cureOf('truncated') },
      { ...warning('zero-duration', 10), ranks: 'all 2 ranks', cure: cureOf('zero-duration') },
    ]);
  });

  test('keep messages of one code apart, and count ranks that are many', () => {
    const six = Array.from({ length: 6 }, (_, at) => ({
      warnings: [warning('capture-incomplete', 1, at < 5 ? 'from step 3' : 'from step 4')],
    }));
    expect(setWarnings(traces(...six)).map(({ ranks }) => ranks)).toEqual([
      'Rank 0, Rank 1, Rank 2, Rank 3 and 1 more',
      'Rank 5',
    ]);
  });

  test('have a cure for every code that the native side can give', () => {
    const source = (path: string): string =>
      readFileSync(new URL(`../../../../../src/native/${path}`, import.meta.url), 'utf8');
    const [, warnings = ''] = source('model/src/meta.rs').split('impl WarningCode');
    const codes = [
      ...[...warnings.matchAll(/=> "([a-z-]+)",/g)].map(([, code]) => code),
      ...[...source('binding/src/trace/objects/summary.rs').matchAll(/code: "([a-z-]+)"/g)].map(
        ([, code]) => code,
      ),
    ];
    expect(codes.length).toBeGreaterThan(20);
    expect([...cureCodes].sort()).toEqual(codes.sort());
  });
});

test('the capture check of a rank is said in words', () => {
  expect(captureText(null)).toMatch(/^cannot tell/);
  expect(captureText({ steps: 8, incomplete: [], cutIn: null })).toMatch(/^complete: 8 steps/);
  expect(captureText({ steps: 8, incomplete: [3, 31, 32, 33], cutIn: 30 })).toBe(
    '4 of 8 steps hold too little: 3, 31-33; nothing is recorded after step 30, whose own end may be missing',
  );
});
