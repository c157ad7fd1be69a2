// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { LaunchForm } from '#shared/contract/launch.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import { estimatePass, seenIterations } from '#main/launch/estimate.ts';
import { planPasses } from '#main/launch/passes.ts';
import { makeForm, makeRecipe } from '../../builders/recipe.ts';
import { makeManifest } from '../../builders/run.ts';

const recipe = makeRecipe();
const strict: Recipe = { ...recipe, together: [] };
const drawn = (changes: Partial<LaunchForm>, of = strict): string =>
  planPasses(of, makeForm(changes))
    .map(({ kinds, form }) => `${kinds.join('+')}[${form.window}]`)
    .join(' ');

describe('passes', () => {
  test('are split where recorders disturb each other', () => {
    const all = { window: '20+10', timing: true, nsight: true, torchTrace: true, expertStatistics: true };
    expect(drawn(all)).toBe('timing[] nsight[20+10] torch-trace[20+10] expert-statistics[20+10]');
    expect(drawn(all, recipe)).toBe('timing[] nsight[20+10] torch-trace+expert-statistics[20+10]');
  });

  test('hold only what was asked', () => {
    expect(drawn({})).toBe('timing[]');
    expect(drawn({ window: '20+10' })).toBe('timing[20+10]');
    expect(drawn({ window: '20+10', nsight: true })).toBe('nsight[20+10]');
    expect(drawn({ window: '20+10', timing: true, nsight: true })).toBe('timing[] nsight[20+10]');
  });

  test('record what they say and nothing else, and say why', () => {
    const passes = planPasses(
      strict,
      makeForm({ timing: true, nsight: true, torchTrace: true, perfectRouter: true }),
    );
    expect(passes.map(({ form }) => [form.timing, form.nsight, form.torchTrace, form.perfectRouter])).toEqual(
      [
        [false, false, false, true],
        [false, true, false, true],
        [false, false, true, true],
      ],
    );
    expect(passes[1]?.why).toContain('CUPTI');
    expect(planPasses(recipe, makeForm({ torchTrace: true, expertStatistics: true }))[0]?.why).toContain(
      'share one load',
    );
  });
});

describe('an estimate', () => {
  const run = (createdAt: string, wallMs: number, bytes: number, changes: Partial<LaunchForm> = {}) =>
    makeManifest({
      createdAt,
      form: makeForm(changes),
      exit: { code: 0, signal: null, wallMs, cpuMs: 1, peakRssBytes: 1, endedBy: 'program' },
      artifacts: [{ kind: 'log', path: 'a', bytes }],
    });

  test('is the median of runs with the same recorders', () => {
    const runs = [run('1', 10, 1), run('2', 30, 3), run('3', 20, 2), run('4', 900, 90, { nsight: true })];
    expect(estimatePass(runs, 'engine', ['timing'])).toEqual({ runs: 3, wallMs: 20, bytes: 2 });
    expect(estimatePass(runs, 'engine', ['nsight'])).toEqual({ runs: 1, wallMs: 900, bytes: 90 });
    expect(estimatePass(runs.slice(0, 2), 'engine', ['timing'])).toMatchObject({ wallMs: 20 });
  });

  test('is absent without one, and failed runs are none', () => {
    const failed = { ...run('1', 10, 1), state: 'failed' as const };
    expect(estimatePass([failed], 'engine', ['timing'])).toEqual({ runs: 0, wallMs: null, bytes: null });
    expect(estimatePass([run('1', 10, 1)], 'other', ['timing']).runs).toBe(0);
  });

  test('of iterations is what the newest run of the same load took', () => {
    const took = (createdAt: string, count: number, parameters: LaunchForm['parameters']) => ({
      ...run(createdAt, 1, 1, { parameters }),
      iterationTimes: { count, medianMs: 1 },
    });
    const runs = [
      took('1', 100, { skew: 2 }),
      took('2', 90, { skew: 2 }),
      took('3', 50, { skew: 3 }),
      run('4', 1, 1),
    ];
    expect(seenIterations(runs, recipe, makeForm({ parameters: { skew: 2 }, torchTrace: true }))).toBe(90);
    expect(seenIterations(runs, recipe, makeForm({ parameters: { skew: 4 } }))).toBeNull();
  });

  test('follows the newest ten', () => {
    const runs = Array.from({ length: 30 }, (_, i) => run(i.toString().padStart(2, '0'), i < 20 ? 1 : 5, 1));
    expect(estimatePass(runs, 'engine', ['timing'])).toMatchObject({ runs: 10, wallMs: 5 });
  });
});
