// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { chartsOf } from '#main/compare/charts.ts';
import { groupsOf } from '#main/compare/groups.ts';
import type { PassResult } from '#main/compare/pass.ts';
import type { ComparisonCharts } from '#shared/contract/comparison-charts.ts';
import { makeGpuSample, makePass, makeSample, makeSteps } from '../../builders/comparison.ts';
import { makeManifest } from '../../builders/run.ts';

function charts(...passes: PassResult[]): ComparisonCharts {
  const linesOf = (arm: 'a' | 'b') => passes.filter((pass) => pass.arm === arm).map(({ lines }) => lines);
  return chartsOf(passes, groupsOf(linesOf('a'), linesOf('b')), null, 1);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('distributions', () => {
  test('hold only batches that both arms have, each as heavy in one arm as in the other', () => {
    // A has many small batches and B many large ones; at the same batch both take the same time.
    const small = (count: number) => makeSteps({ count, ms: 10, generationTokens: 8 });
    const large = (count: number) => makeSteps({ count, ms: 20, generationTokens: 16 }).slice(0);
    const own = makeSteps({ count: 50, ms: 999, generationTokens: 3 });
    const found = charts(
      makePass({ lines: [...own.slice(0, 3), ...small(90), ...large(10), ...own] }),
      makePass({ arm: 'b', lines: [...own.slice(0, 3), ...small(10), ...large(90)] }),
    );
    const [data] = found.distributions;
    expect(found.distributions).toHaveLength(1);
    expect(data).toMatchObject({ kind: 'generation', batches: 2, countA: 100, countB: 100 });
    expect(data?.percentilesMsA).toEqual(data?.percentilesMsB);
    expect(data?.percentilesMsA[50]).toBe(10);
    expect(data?.percentilesMsA[51]).toBe(20);
    expect(sum(data?.sharesA ?? [])).toBeCloseTo(1, 12);
    expect(data?.sharesA[0]).toBeCloseTo(0.5, 12);
  });

  test('of context and generation are apart', () => {
    const lines = [
      ...makeSteps({ count: 20, ms: 10 }),
      ...makeSteps({ count: 20, ms: 30, contextTokens: 512 }),
      ...makeSteps({ count: 20, ms: 25, contextTokens: 512, generationTokens: 0 }),
    ];
    const found = charts(makePass({ lines }), makePass({ arm: 'b', lines }));
    expect(found.distributions.map(({ kind, percentilesMsA }) => [kind, percentilesMsA[50]])).toEqual([
      ['generation', 10],
      ['mixed', 30],
      ['context', 25],
    ]);
    expect(found.batchSizes.map(({ kind, tokens, a }) => [kind, tokens, a?.medianMs])).toEqual([
      ['generation', 64, 10],
      ['context', 512, 25],
      ['mixed', 576, 30],
    ]);
  });
});

describe('passes', () => {
  test('have the median of the batch that both arms share, with an interval around it', () => {
    const lines = makeSteps({ count: 100, ms: (index) => 10 + ((index * 37) % 101) / 100 });
    const found = charts(
      makePass({ lines }),
      makePass({ arm: 'b', lines: lines.slice(0, 5) }),
      makePass({ block: 2, arm: 'b', lines }),
    );
    expect(found.passBatch).toBe('64 generation tokens');
    const [first, few, last] = found.passes.map(({ iterations }) => iterations);
    expect(first).toEqual(last);
    expect(few).toBeNull();
    expect(first?.count).toBe(97);
    expect(first?.lowMs).toBeLessThan(first?.medianMs ?? 0);
    expect(first?.highMs).toBeGreaterThan(first?.medianMs ?? 0);
  });
});

describe('throughput over time', () => {
  const startedAt = '2026-01-02T03:00:00.000Z';
  const run = makeManifest({ startedAt, endedAt: '2026-01-02T03:02:00.000Z' });
  const loggedAtS = Date.parse('2026-01-02T03:00:30Z') / 1000;

  test('adds up to all tokens, and has the clocks of the same moments', () => {
    const lines = makeSteps({ count: 60, ms: 1000, loggedAtS });
    const samples = Array.from({ length: 100 }, (_, second) =>
      makeSample(
        second * 1000,
        makeGpuSample({ smClockMhz: 1000 + second }),
        makeGpuSample({ busyRatio: 0 }),
      ),
    );
    const found = charts(makePass({ run, lines, telemetry: { head: null, samples, folded: 1 } }));
    const [course] = found.courses;
    expect(found.clocksAbsent).toBeNull();
    expect(course?.throughput.map(({ tokensPerS }) => Math.round(tokensPerS))).toEqual(
      Array.from({ length: 60 }, () => 64),
    );
    // The first iteration began a second before its line: 29 seconds after the start.
    expect(course?.clocks[0]).toEqual({ atS: 0, smMhz: 1029 });
    expect(course?.clocks).toHaveLength(61);
  });

  test('shows a wait between iterations that the log tells of', () => {
    const lines = makeSteps({ count: 20, ms: 1000, loggedAtS });
    const waited = lines.map((line, index) =>
      index < 10 ? line : { ...line, loggedAtS: loggedAtS + index + 30 },
    );
    const [course] = charts(makePass({ run, lines: waited })).courses;
    expect(course?.throughput.at(-1)?.atS).toBeGreaterThan(45);
    expect(sum(course?.throughput.map(({ tokensPerS }) => tokensPerS) ?? [])).toBeLessThan(20 * 64);
  });

  test('has no clocks where the log’s clock stands still, and says why', () => {
    const lines = makeSteps({ count: 60, ms: 1000 }).map((line) => ({ ...line, loggedAtS }));
    const samples = [makeSample(40_000, makeGpuSample())];
    const found = charts(makePass({ run, lines, telemetry: { head: null, samples, folded: 1 } }));
    expect(found.courses[0]?.throughput).toHaveLength(60);
    expect(found.courses[0]?.clocks).toEqual([]);
    expect(found.clocksAbsent).toContain('does not say when');
  });
});
