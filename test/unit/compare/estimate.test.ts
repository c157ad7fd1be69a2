// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { estimatePasses, pastRun } from '#main/compare/estimate.ts';
import { passesOf } from '#main/compare/order.ts';
import type { RunManifest } from '#shared/contract/run.ts';
import { makeForm } from '../../builders/recipe.ts';
import { makeManifest } from '../../builders/run.ts';

const form = makeForm();
const arms = { a: { label: 'A', form }, b: { label: 'B', form: { ...form, perfectRouter: true } } };
const passes = passesOf({ blocks: 3, seed: 1, profile: false });

const ended = (wallMs: number, changes: Partial<RunManifest> = {}): RunManifest =>
  makeManifest({
    form,
    artifacts: [{ kind: 'report-json', path: 'report.json', bytes: 100 }],
    exit: {
      code: 0,
      signal: null,
      wallMs,
      cpuMs: 1,
      userMs: 1,
      systemMs: 0,
      peakRssBytes: 1,
      endedBy: 'program',
    },
    ...changes,
  });

describe('what a comparison will take', () => {
  test('is the median of runs with the same parameters, pass by pass', () => {
    const past = [ended(1_000), ended(3_000), ended(2_000)].concat([
      ended(500, { form: { ...form, perfectRouter: true } }),
    ]);
    const estimate = estimatePasses(arms, passes, past.flatMap(pastRun));
    expect(estimate).toEqual({
      totalMs: 3 * 2_000 + 3 * 500,
      bytes: 600,
      basis: 'From earlier runs with the same parameters; loading the model counts in every pass.',
    });
  });

  test('counts a run from its first step to its end: a server that loads is another step than its load', () => {
    const served = { startedAt: '2026-01-14T10:00:00.000Z', endedAt: '2026-01-14T10:01:30.000Z' };
    const estimate = estimatePasses(arms, passes, [ended(2_000, served)].flatMap(pastRun));
    expect(estimate?.totalMs).toBe(6 * 90_000);
  });

  test('is a guess that says so where only other runs of the recipe are known', () => {
    const past = [ended(1_000, { form: { ...form, parameters: { ...form.parameters, other: 9 } } })];
    const estimate = estimatePasses(arms, passes, past.flatMap(pastRun));
    expect(estimate?.totalMs).toBe(6_000);
    expect(estimate?.basis).toContain('A rough guess');
  });

  test('is not told from runs of other recipes, or that did not end well', () => {
    const past = [
      ended(1_000, { form: { ...form, recipeId: 'another' } }),
      ended(1_000, { state: 'failed' }),
      makeManifest({ form }),
    ];
    expect(estimatePasses(arms, passes, past.flatMap(pastRun))).toBeNull();
  });
});
