// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { answerOf } from '#main/compare/answer.ts';
import { differencesOf } from '#main/compare/differences.ts';
import { groupsOf } from '#main/compare/groups.ts';
import { compareIterations } from '#main/compare/iterations.ts';
import { makeRandom, planPasses } from '#main/compare/order.ts';
import type { PassResult } from '#main/compare/pass.ts';
import { htmlReport } from '#main/compare/report-html.ts';
import { markdownReport } from '#main/compare/report-markdown.ts';
import { defaultThresholds } from '#main/compare/verdict.ts';
import { svgOf } from '#main/pictures/svg.ts';
import type { Comparison } from '#shared/contract/comparison.ts';
import type { IterationLine } from '#shared/contract/run.ts';
import type { TelemetryHead } from '#shared/contract/telemetry.ts';
import { launchTarget } from '#shared/contract/target.ts';
import { makeForm } from '../../builders/recipe.ts';
import { makeGpuSample, makePass, makeSample, makeSteps } from '../../builders/comparison.ts';
import { makeManifest } from '../../builders/run.ts';

interface Shape {
  blocks?: number;
  early?: boolean;
  perfect?: boolean;
  labelB?: string;
  ranks?: number;
}

function makeComparison({
  blocks = 3,
  early = false,
  perfect = true,
  labelB = 'perfect router',
  ranks = 2,
}: Shape = {}): Comparison {
  const form = { ...makeForm({ parameters: { 'ep-size': ranks } }), perfectRouter: false };
  return {
    version: 1,
    id: '20260102T030405Z-compare-0a1b',
    title: 'Perfect against learned',
    createdAt: '2026-01-02T03:04:05.000Z',
    state: 'done',
    request: {
      a: { label: 'learned router', form },
      b: { label: labelB, form: { ...form, perfectRouter: perfect } },
      blocks,
      seed: 1,
      early,
      profile: false,
      thresholds: defaultThresholds,
    },
    plan: [...planPasses(blocks, 1)],
    passes: [],
  };
}

/** A timing pass with this output throughput. */
const pass = (
  block: number,
  arm: 'a' | 'b',
  throughput: number,
  changes: Partial<PassResult> = {},
): PassResult =>
  makePass({
    block,
    arm,
    run: makeManifest({ figures: [{ label: 'Output throughput', value: throughput, unit: 'tok/s' }] }),
    ...changes,
  });

/** Blocks with a throughput of 1000 tok/s in A and of 1000 times these ratios in B. */
const passesOf = (...ratios: number[]): PassResult[] =>
  ratios.flatMap((ratio, index) => [pass(index + 1, 'a', 1_000), pass(index + 1, 'b', 1_000 * ratio)]);

const kindFor = (comparison: Comparison, ...ratios: number[]): string | undefined =>
  answerOf(comparison, passesOf(...ratios)).verdict?.kind;

describe('the verdict', () => {
  test.each([
    [[1.25, 1.26, 1.24], 'imbalance-significant'],
    [[1.05, 1.06, 1.05], 'imbalance-moderate'],
    [[1.001, 0.999, 1.0], 'not-a-bottleneck'],
    [[0.9, 0.91, 0.9], 'slower'],
    [[1.3, 0.8, 1.1], 'inconclusive'],
  ])('on perfect routing with ratios %j is %s', (ratios, kind) => {
    expect(kindFor(makeComparison(), ...ratios)).toBe(kind);
  });

  test.each([
    [[1.25, 1.26, 1.24], 'faster'],
    [[1.001, 0.999, 1.0], 'same'],
    [[1.3, 0.8, 1.1], 'inconclusive'],
  ])('on perfect routing of one rank with ratios %j is %s, and says what it measures', (ratios, kind) => {
    const { verdict } = answerOf(makeComparison({ ranks: 1 }), passesOf(...ratios));
    expect(verdict?.kind).toBe(kind);
    expect(verdict?.sentence).toContain('With one rank nobody waits for another');
  });

  test.each([
    [[1.05, 1.06, 1.05], 'faster'],
    [[0.95, 0.94, 0.95], 'slower'],
    [[1.001, 0.999, 1.0], 'same'],
    [[1.3, 0.8, 1.1], 'inconclusive'],
  ])('on any other change with ratios %j is %s', (ratios, kind) => {
    expect(kindFor(makeComparison({ perfect: false }), ...ratios)).toBe(kind);
  });

  test('waits for a planned look', () => {
    const comparison = makeComparison({ blocks: 5 });
    const answer = answerOf(comparison, passesOf(1.2, 1.21, 1.2));
    expect(answer.verdict).toBeNull();
    expect(answer.primary?.effect?.blocks).toBe(3);
    expect(kindFor(makeComparison({ blocks: 5, early: true }), 1.2, 1.21, 1.2)).toBe('imbalance-significant');
  });

  test('says how many blocks would settle it', () => {
    const answer = answerOf(makeComparison(), passesOf(1.08, 0.99, 1.05));
    expect(answer.verdict?.sentence).toMatch(/inconclusive\. About \d+ blocks would settle it/);
  });

  test('a block of a deleted run is not counted, and the answer says so', () => {
    const comparison = makeComparison();
    const passes = comparison.plan.map((planned, index) => ({
      ...planned,
      runId: `run-number-${index.toString()}`,
    }));
    const answer = answerOf({ ...comparison, passes }, passesOf(1.2, 1.21, 1.2).slice(0, 5));
    expect(answer.verdict).toBeNull();
    expect(answer.primary?.effect?.blocks).toBe(2);
    expect(answer.notes.join(' ')).toContain('The runs of 1 pass were deleted');
  });

  test('arms that report nothing in common are not compared by guess', () => {
    const other = { run: makeManifest({ figures: [{ label: 'Images', value: 3, unit: 'img/s' }] }) };
    const answer = answerOf(makeComparison(), [pass(1, 'a', 1), pass(1, 'b', 1, other)]);
    expect(answer.primary).toBeNull();
    expect(answer.notes.join(' ')).toContain('no figure in common');
  });
});

describe('what else an answer holds', () => {
  test('differences of the arms, and versions that changed between passes', () => {
    const passes = passesOf(1.2, 1.2, 1.2);
    const changed = passes.map((each, index) =>
      index === 5 ? { ...each, run: { ...each.run, versions: { iterscope: '0.2.0' } } } : each,
    );
    const answer = answerOf(makeComparison(), changed);
    expect(answer.differences).toEqual([{ name: 'perfect router', a: 'off', b: 'on' }]);
    expect(answer.confounders).toEqual(['version of iterscope differs between passes: 0.1.0, 0.2.0']);
  });

  test('versions of two programs that were asked for are differences; one that changes within an arm confounds', () => {
    const comparison = makeComparison({ perfect: false });
    const { request } = comparison;
    const python = (path: string) => ({
      ...request.b.form,
      extraEnvironment: [{ name: 'PATH', value: path }],
    });
    const asked = { ...comparison, request: { ...request, b: { ...request.b, form: python('/venv/bin') } } };
    const versionOf = (index: number): string => (index === 4 ? '1.0.1' : index % 2 === 0 ? '1.0' : '1.1');
    const passes = passesOf(1.2, 1.2, 1.2).map((each, index) => ({
      ...each,
      run: { ...each.run, versions: { torch: versionOf(index) } },
    }));
    const answer = answerOf(asked, passes);
    expect(answer.differences).toContainEqual({ name: 'version of torch', a: '1.0, 1.0.1', b: '1.1' });
    expect(answer.confounders).toEqual([
      `version of torch changed among passes of ${request.a.label}: 1.0, 1.0.1`,
    ]);
    // The same versions without anybody's wish confound.
    expect(answerOf(comparison, passes).confounders).toEqual([
      'version of torch differs between passes: 1.0, 1.0.1, 1.1',
    ]);
  });

  test('images, and what containers are given, are differences; other recipes are held against what both know', () => {
    const target = launchTarget.parse({ kind: 'container', runtime: 'podman', image: 'engine:1' });
    const a = makeForm({ target });
    const b = makeForm({ target: { ...target, image: 'engine:2', shmSize: '8g' } as typeof target });
    expect(differencesOf(a, b)).toEqual([
      { name: 'runs in', a: 'podman container of engine:1', b: 'podman container of engine:2' },
      { name: 'shared memory', a: 'the runtime’s own', b: '8g' },
    ]);
    const other = { ...a, recipeId: 'another', parameters: { iterations: 7, more: 'x' } };
    expect(differencesOf(a, other).map(({ name }) => name)).toEqual(['recipe', 'iterations']);
  });

  test('a driver or clocks that differ confound', () => {
    const head = (driver: string): TelemetryHead => ({
      version: 1,
      hz: 1,
      host: { cores: 2, memoryBytes: 1, diskBytes: null },
      gpusAbsent: null,
      driver,
      gpus: [],
    });
    const sampled = passesOf(1.2, 1.2, 1.2).map((each) => ({
      ...each,
      telemetry: {
        head: head(each.block === 3 ? '570.2' : '570.1'),
        samples: [makeSample(1000, makeGpuSample({ smClockMhz: each.arm === 'a' ? 1980 : 1700 }))],
        folded: 1,
      },
    }));
    expect(answerOf(makeComparison(), sampled).confounders).toEqual([
      'GPU driver differs between passes: 570.1, 570.2',
      'multiprocessor clock differs between the arms: 1980 and 1700 MHz on average',
    ]);
  });

  test('times are better when small', () => {
    const withLatency = (each: PassResult, ms: number): PassResult => ({
      ...each,
      run: makeManifest({ figures: [{ label: 'Total latency', value: ms, unit: 'ms' }] }),
    });
    const passes = passesOf(1, 1, 1).map((each) => withLatency(each, each.arm === 'a' ? 100 : 80));
    const [figure] = answerOf(makeComparison(), passes).figures;
    expect(figure?.better).toBe('lower');
    expect(figure?.effect?.ratio).toBeCloseTo(0.25, 12);
  });
});

const line = (
  iteration: number,
  hostStepMs: number,
  generationTokens = 64,
  contextTokens = 0,
): IterationLine => ({
  iteration,
  hostStepMs,
  contextTokens,
  generationTokens,
});

describe('iterations', () => {
  test('are matched by batch, not by number', () => {
    const a = [Array.from({ length: 40 }, (_, index) => line(index, 10 + (index % 3), index < 20 ? 64 : 32))];
    const b = [
      Array.from({ length: 40 }, (_, index) => line(index, 5 + (index % 3) / 2, index < 20 ? 32 : 64)),
    ];
    const groups = compareIterations(groupsOf(a, b), 1);
    expect(groups.map(({ generationTokens }) => generationTokens).sort()).toEqual([32, 64]);
    for (const { effect } of groups) expect(effect?.ratio).toBeCloseTo(1, 12);
  });

  test('an interval holds the truth although neighbours resemble each other', () => {
    const random = makeRandom(5);
    let inside = 0;
    const trials = 40;
    const walk = (scale: number): IterationLine[] => {
      let level = 0;
      return Array.from({ length: 300 }, (_, index) => {
        level = 0.5 * level + random() - 0.5;
        return line(index, scale * (10 + level));
      });
    };
    for (let trial = 0; trial < trials; trial += 1) {
      const [group] = compareIterations(groupsOf([walk(1.1)], [walk(1)]), trial);
      if (group?.effect && group.effect.low <= 0.1 && group.effect.high >= 0.1) inside += 1;
    }
    expect(inside / trials).toBeGreaterThan(0.85);
  });
});

describe('reports', () => {
  const hostile = '<img src=x onerror=alert(1)> | `code` & "quoted"';
  const comparison = makeComparison({ labelB: hostile });
  const report = {
    comparison,
    answer: answerOf(
      comparison,
      passesOf(1.25, 1.26, 1.24).map((each) => ({ ...each, lines: makeSteps({ count: 30, ms: 10 }) })),
    ),
    commands: [{ title: 'Timing pass', shell: `engine '${hostile}' \`\`\`` }],
  };

  test('say the answer, its interval and the commands', () => {
    for (const text of [htmlReport(report, svgOf), markdownReport(report)]) {
      expect(text).toContain('routing imbalance is significant');
      expect(text).toContain('+25.0 %');
      expect(text).toContain('engine ');
    }
  });

  test('nothing from a run becomes markup', () => {
    const html = htmlReport(report, svgOf);
    expect(html).not.toContain('<img');
    expect(html).not.toContain('<script');
    expect(html.match(/<svg role="img" aria-label=/g)).toHaveLength(5);
    expect(html).toContain('stroke="var(--a)"');
    expect(html).toContain("default-src 'none'");
    const markdown = markdownReport(report);
    expect(markdown).toContain('````bash');
    expect(markdown.split('\n').filter((row) => row.includes('| \\<img'))).not.toEqual([]);
  });
});
