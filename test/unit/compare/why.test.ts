// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { Profile, ProfiledIteration } from '#main/compare/profile.ts';
import { stem } from '#main/compare/renames.ts';
import { explain } from '#main/compare/why.ts';
import type { Group } from '#shared/contract/analysis.ts';
import { makeIteration } from '../../builders/run.ts';

const MS = 1e6;

/** Work of one name, `ms` in `count` slices. */
function work(name: string, ms: number, kind = 'gemm', count = 1): Group {
  const each = (ms * MS) / count;
  return {
    name,
    kind,
    trackId: null,
    durations: { count, totalNs: ms * MS, minNs: each, medianNs: each, p95Ns: each, maxNs: each },
    insideNs: ms * MS,
    ownNs: ms * MS,
    longestRow: 0,
  };
}

/** An iteration of one millisecond with this work. */
const step = (index: number, ...groups: Group[]): ProfiledIteration => ({
  rank: 0,
  iteration: makeIteration(index),
  work: groups,
});

const profile = (...iterations: ProfiledIteration[]): Profile => ({ iterations, experts: null });

describe('parts of an iteration', () => {
  test('the part that changed most is first, and the parts add up to the whole', () => {
    const quick = [7, 8].map((index): ProfiledIteration => {
      const iteration = {
        ...makeIteration(index),
        hostComposition: { computeNs: 600_000, communicationNs: 50_000, memoryNs: 0, idleNs: 50_000 },
      };
      return { rank: 0, iteration, work: null };
    });
    const found = explain(profile(step(0), step(1), step(2)), profile(...quick));
    expect(found?.causes[0]?.name).toMatch(/^Communication/);
    expect(found?.causes.reduce((sum, { msA }) => sum + msA, 0)).toBeCloseTo(found?.wholeMsA ?? 0, 12);
    expect(found?.wholeMsA).toBeCloseTo(1, 12);
    expect(found?.wholeMsB).toBeCloseTo(0.7, 12);
    expect(found?.scope).toContain('2 iterations (all ranks) of the one batch composition');
  });

  test('without a profile, or without a batch in common, nothing is explained', () => {
    const other = { ...step(1), iteration: { ...makeIteration(1), generationRequests: 99 } };
    expect(explain(profile(step(0)), null)).toBeNull();
    expect(explain(profile(step(0)), profile())).toBeNull();
    expect(explain(profile(step(0)), profile(other))).toBeNull();
  });

  test('a step that was not captured whole is not aligned', () => {
    const cut = { ...step(1), iteration: { ...makeIteration(1), captured: 'partial' as const } };
    expect(explain(profile(step(0), cut), profile(step(0), cut))?.iterations).toHaveLength(1);
  });
});

describe('the estimate of the gain from balance', () => {
  const experts = {
    expertImbalance: 1,
    rankImbalance: 0.5,
    activeExperts: 8,
    savedByTokens: 0.4,
    savedByActive: 0.1,
  };

  test('takes the excess of the slowest rank from its share of expert computing', () => {
    const half = step(0, work('fused_moe', 0.5, 'MoE'), work('mm', 0.4));
    const light = { ...step(0, work('fused_moe', 0.2, 'MoE')), rank: 1 };
    const found = explain({ iterations: [half, light], experts }, profile(half, light));
    expect(found?.estimate?.byTokens).toBeCloseTo(1 / (1 - 0.4 * 0.5) - 1, 12);
    expect(found?.estimate?.byActive).toBeCloseTo(1 / (1 - 0.1 * 0.5) - 1, 12);
  });

  test('is not guessed without statistics, or where no work of experts is named', () => {
    const named = step(0, work('fused_moe', 0.5, 'MoE'));
    const other = step(0, work('mm', 0.4));
    expect(explain(profile(named), profile(named))?.estimate).toBeNull();
    expect(explain({ iterations: [other], experts }, profile(other))?.estimate).toBeNull();
  });
});

describe('kernels', () => {
  test('the largest difference is first; with the rest all of it adds up to the iteration', () => {
    const a = profile(step(0, work('mm', 0.3), work('nccl', 0.4, 'communication')));
    const b = profile(step(0, work('mm', 0.6), work('nccl', 0.39, 'communication')));
    const found = explain(a, b);
    expect(found?.work.map(({ name }) => name)).toEqual(['mm', 'nccl']);
    expect(found?.kinds.map(({ name }) => name)).toEqual(['gemm', 'communication']);
    expect(found?.rest.msA).toBeCloseTo(1 - 0.7, 12);
    expect(found?.rest.msB).toBeCloseTo(1 - 0.99, 12);
  });

  test('new, gone and renamed ones are told apart', () => {
    const a = profile(step(0, work('gemm_128x64<float, 3>', 0.5), work('old_norm', 0.1, 'norm')));
    const b = profile(step(0, work('gemm_256x64<bf16, 4>', 0.2), work('softmax', 0.1, 'attention')));
    const found = explain(a, b)?.work.map(({ name, nameB, presence }) => [name, nameB, presence]);
    expect(found).toEqual([
      ['gemm_128x64<float, 3>', 'gemm_256x64<bf16, 4>', 'renamed'],
      ['old_norm', undefined, 'gone'],
      ['softmax', undefined, 'new'],
    ]);
  });

  test('a name is not matched with one of another kind', () => {
    const a = profile(step(0, work('fused_1', 0.5, 'gemm')));
    const b = profile(step(0, work('fused_2', 0.5, 'attention')));
    expect(
      explain(a, b)
        ?.work.map(({ presence }) => presence)
        .sort(),
    ).toEqual(['gone', 'new']);
  });

  test('variation between iterations counts an absent kernel as zero', () => {
    const a = profile(step(0, work('mm', 0.2)), step(1));
    const b = profile(step(0, work('mm', 0.2)), step(1, work('mm', 0.2)));
    const [row] = explain(a, b)?.work ?? [];
    expect(row?.msA).toBeCloseTo(0.1, 12);
    expect(row?.cvA).toBeCloseTo(Math.SQRT2, 12);
    expect(row?.cvB).toBe(0);
    expect(row?.countA).toBe(0.5);
  });

  test.each([
    ['void cutlass::Kernel<Gemm<128, 64>>(Params)', 'cutlass::Kernel'],
    ['triton_poi_fused_add_12', 'triton_poi_fused_add_#'],
    ['graph_0a1b2c3d4e', 'graph_0a1b2c3d4e'.replace(/\d+/g, '#')],
    ['kernel 0a1b2c3d4e', 'kernel #'],
  ])('%s is a %s', (name, expected) => {
    expect(stem(name)).toBe(expected);
  });
});
