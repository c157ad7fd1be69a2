// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { ExpertSeries, ExpertSummary, LayerMetrics } from '#shared/contract/experts.ts';
import {
  deadExperts,
  expertBars,
  hottestExperts,
  lorenzCurve,
  slotBars,
} from '#renderer/features/experts/model/bars.ts';
import { asCsv, asJson, gridTable } from '#renderer/features/experts/model/table-file.ts';
import { gainBand, readShare } from '#renderer/features/experts/model/gain.ts';
import { layerHeatmap, tokensOfRanks } from '#renderer/features/experts/model/heatmaps.ts';
import { averageOf, layersAsCsv } from '#renderer/features/experts/model/layer-columns.ts';
import { agreementText, routerComparison } from '#renderer/features/experts/model/measured-gain.ts';
import { phasedImbalance } from '#renderer/features/experts/model/phases.ts';
import { checkPlanForm, defaultPlanForm } from '#renderer/features/experts/model/plan-form.ts';
import { defaultRouterForm, routerQuestion } from '#renderer/features/experts/model/router-form.ts';
import { measuredShare } from '#renderer/features/experts/model/use-expert-times.ts';
import { activationText } from '#renderer/features/experts/model/use-router.ts';

const summary: ExpertSummary = {
  experts: 8,
  topK: 2,
  layers: [0, 1],
  iterationStart: 10,
  iterationEnd: 21,
  iterationCount: 11,
  ranks: 4,
  combination: 'summed',
  warnings: [],
  balanceLines: 0,
  balanceModels: [],
};

const layer = (number: number, some: Partial<LayerMetrics>): LayerMetrics => ({
  layer: number,
  tokens: 0,
  expertImbalanceMean: null,
  expertImbalanceOfSums: null,
  rankImbalanceMean: null,
  rankImbalanceOfSums: null,
  balancedness: null,
  coefficientOfVariation: null,
  gini: null,
  effectiveExperts: null,
  activeExperts: null,
  deadExperts: null,
  topShare: null,
  hotSetPersistence: null,
  loadDrift: null,
  activeExpertsPerRank: null,
  sglangBalancedness: null,
  rankTokensMean: null,
  rankTokensStd: null,
  rankImbalanceMedian: null,
  rankImbalanceMax: null,
  criticalTokens: null,
  criticalActive: null,
  ...some,
});

describe('a layer’s experts', () => {
  test('are named hot by their tokens, dead without any', () => {
    const counts = [0, 5, 9, 5, 0, 1, 1, 1, 1, 1, 1];
    expect(hottestExperts(counts)).toEqual([2, 1, 3, 5, 6, 7, 8, 9]);
    expect(deadExperts(counts)).toEqual([0, 4]);
  });

  test('make a Lorenz curve from nothing to everything; none without tokens', () => {
    expect(lorenzCurve([6, 0, 2])).toEqual([0, 0, 0.25, 1]);
    expect(lorenzCurve([0, 0])).toEqual([]);
  });

  test('are added up to ranks in the heat map, and no token is lost', () => {
    const heatmap = { layers: [3, 5], experts: 4, tokens: Float64Array.from([1, 2, 3, 4, 5, 6, 7, 8]) };
    const { values, columns, selected } = layerHeatmap(heatmap, 'ranks', 2, 5, 'absolute');
    expect([[...values], columns, selected]).toEqual([[3, 7, 11, 15], 2, 1]);
    expect([...tokensOfRanks(heatmap, 2)]).toEqual([14, 22]);
  });
});

describe('bars over a reference', () => {
  const over = { name: 'perfect', counts: [2, 2, 2, 2] };

  test('hold it by expert, scaled to the same tokens', () => {
    const { over: held, total } = expertBars([8, 0, 4, 4], 2, 'id', over);
    expect([total, held?.tokens]).toEqual([16, [4, 4, 4, 4]]);
    expect(expertBars([1, 1, 1, 1], 2, 'id', { name: 'empty', counts: [0, 0, 0, 0] }).over?.tokens).toEqual([
      0, 0, 0, 0,
    ]);
  });

  test('are sorted each on its own', () => {
    const { bars, over: held } = expertBars([1, 9, 3, 3], 2, 'load', { name: 'other', counts: [1, 2, 4, 9] });
    expect(bars.map(({ expert }) => expert)).toEqual([1, 2, 3, 0]);
    expect(held?.tokens).toEqual([9, 4, 2, 1]);
  });

  test('in slots of a plan share an expert’s tokens, and no token is lost', () => {
    const plan = {
      slots: Uint32Array.from([0, 1, 0, 2]),
      replicas: Uint32Array.from([2, 1, 1]),
      counts: Float64Array.from([10, 3, 4]),
    };
    expect(slotBars(plan, 2)).toEqual({
      bars: [
        { expert: 0, tokens: 5, rank: 0 },
        { expert: 1, tokens: 3, rank: 0 },
        { expert: 0, tokens: 5, rank: 1 },
        { expert: 2, tokens: 4, rank: 1 },
      ],
      total: 17,
    });
  });
});

describe('a saved table', () => {
  const table = {
    columns: ['layer', 'a "name", quoted'],
    rows: [
      [1, null],
      ['average', 0.5],
    ],
  };

  test('has empty cells or null where there is no answer, and quotes what needs it', () => {
    expect(asCsv(table)).toBe('layer,"a ""name"", quoted"\n1,\naverage,0.5\n');
    expect(JSON.parse(asJson(table))).toEqual([
      { layer: 1, 'a "name", quoted': null },
      { layer: 'average', 'a "name", quoted': 0.5 },
    ]);
  });

  test('of a grid has a line for each cell', () => {
    const { rows } = gridTable('layer', 'rank', [3, 5], 2, Float64Array.from([1, 2, 3, 4]));
    expect(rows).toEqual([
      [3, 0, 1],
      [3, 1, 2],
      [5, 0, 3],
      [5, 1, 4],
    ]);
  });
});

describe('the form of a plan', () => {
  test('begins with a spare slot on each rank, and halves that do not overlap', () => {
    const { request } = checkPlanForm(defaultPlanForm(summary, 4), summary, 4);
    expect(request).toMatchObject({ slots: 12, madeFrom: 10, madeTo: 16, judgedFrom: 16, judgedTo: 21 });
  });

  test('says at each field what is wrong, and then asks nothing', () => {
    const form = {
      ...defaultPlanForm(summary, 4),
      slots: '13',
      nodes: 'x',
      judgedLast: '30',
      madeFirst: '20',
    };
    const { request, problems } = checkPlanForm(form, summary, 4);
    expect(request).toBeNull();
    expect(problems.slots).toBe('Slots split evenly over 4 ranks: choose 16.');
    expect(Object.keys(problems).sort()).toEqual(['judgedLast', 'madeLast', 'nodes', 'slots']);
  });
});

describe('the estimated gain', () => {
  const layers = [
    layer(0, { criticalTokens: { max: 30, mean: 20 }, criticalActive: { max: 10, mean: 9 } }),
    layer(1, { criticalTokens: { max: 10, mean: 10 }, criticalActive: { max: 10, mean: 10 } }),
    layer(2, {}),
  ];

  test('is what the slowest rank has beyond the mean, of the share that experts compute', () => {
    const { byTokens, byActive } = gainBand(layers, 0.5);
    // A quarter of half of the time is saved.
    expect(byTokens).toBeCloseTo(1 / (1 - 0.125) - 1, 12);
    expect(byActive).toBeCloseTo(1 / (1 - 0.025) - 1, 12);
    expect(gainBand(layers, 0.5, layers.slice(1, 2)).byTokens).toBe(0);
  });

  test('has no answer without loads', () => {
    expect(gainBand(layers.slice(2), 0.5)).toEqual({ byTokens: null, byActive: null });
  });

  test('takes a typed share in per cent, between nothing and all', () => {
    expect(['40', '0', '100', 'x', ''].map(readShare)).toEqual([0.4, null, null, null, null]);
  });
});

describe('the measured gain', () => {
  const comparisonOf = (id: string, createdAt: string, recipeId: string, a: boolean, b: boolean) => ({
    id,
    createdAt,
    state: 'done' as const,
    request: { a: { form: { recipeId, perfectRouter: a } }, b: { form: { recipeId, perfectRouter: b } } },
  });
  const effect = (low: number, high: number) => ({
    ratio: (low + high) / 2,
    low,
    high,
    confidence: 0.95,
    blocks: 5,
    smallestEffect: 0.01,
  });

  test('is of the newest finished comparison of the recipe whose B alone routes perfectly', () => {
    const all = [
      comparisonOf('old', '2026-01-01', 'moe', false, true),
      comparisonOf('new', '2026-01-02', 'moe', false, true),
      comparisonOf('both', '2026-01-03', 'moe', true, true),
      comparisonOf('other', '2026-01-04', 'dense', false, true),
    ];
    expect(routerComparison(all, 'moe')?.id).toBe('new');
    expect(routerComparison(all.slice(2), 'moe')).toBeUndefined();
  });

  test('is held against the estimate, with a reason where they disagree', () => {
    const band = { byTokens: 0.3, byActive: 0.1 };
    expect(agreementText(band, effect(0.2, 0.4))).toContain('meets');
    expect(agreementText(band, effect(-0.1, 0.05))).toContain('Less than estimated');
    expect(agreementText(band, effect(0.4, 0.5))).toContain('More than estimated');
    expect(agreementText(null, effect(0, 1))).toContain('no estimate');
  });
});

describe('time beside tokens', () => {
  test('gives a share only where a trace tells', () => {
    const time = { expertNs: 20, totalNs: 100 };
    expect(measuredShare([time, { expertNs: 40, totalNs: 80 }])).toBe(0.4);
    expect(measuredShare([{ ...time, expertNs: null }])).toBeNull();
    expect(measuredShare([])).toBeNull();
  });
});

describe('context and generation', () => {
  const row = (first: number, rankImbalance: number | null) => ({
    first,
    last: first,
    tokens: 1,
    expertImbalance: null,
    rankImbalance,
    rankImbalanceMax: null,
  });
  const series: ExpertSeries = {
    iterationsPerRow: 1,
    rows: [row(10, 1), row(11, 3), row(12, 5), row(13, null)],
    columns: 1,
    cells: new Float64Array(4),
    rankQuartiles: [],
    hotSets: [],
  };
  const lines = [
    { iteration: 10, hostStepMs: 1, contextTokens: 90 },
    { iteration: 11, hostStepMs: 1, contextTokens: 0 },
    { iteration: 12, hostStepMs: 1, contextRequests: 0 },
  ];

  test('are apart where the log tells, and otherwise not guessed', () => {
    expect(phasedImbalance(series, lines)).toEqual({
      context: [1, null, null, null],
      generation: [null, 3, 5, null],
      contextMean: 1,
      generationMean: 4,
    });
    expect(phasedImbalance({ ...series, iterationsPerRow: 2 }, lines)).toBeNull();
    expect(phasedImbalance(series, [])).toBeNull();
  });
});

describe('the table', () => {
  test('is written with empty cells where there is no answer', () => {
    const [header, first, ...rest] = layersAsCsv([layer(4, { tokens: 12, gini: 0.5 })]).split('\n');
    const cells = (line: string | undefined) => (line ?? '').split(',');
    expect(cells(first)).toHaveLength(cells(header).length);
    expect(cells(first)[cells(header).indexOf('gini')]).toBe('0.5');
    expect(cells(first)[cells(header).indexOf('topShare')]).toBe('');
    expect(rest).toEqual(['']);
  });

  test('has the mean of what can be answered in its last row', () => {
    expect([averageOf([1, null, 3]), averageOf([null])]).toEqual([2, null]);
  });
});

describe('the perfect router', () => {
  test('is asked with numbers, and wrong ones are named', () => {
    const form = defaultRouterForm(summary, 4);
    expect(routerQuestion(form)).toEqual({ tokensPerRank: 1, experts: 8, topK: 2, ranks: 4, rotated: false });
    expect(routerQuestion({ ...form, era: 'e3' })).toMatchObject({ rotated: true });
    expect(routerQuestion({ ...form, ranks: '0' })).toBe('Ranks: type a whole number from 1 to 4096.');
  });

  test('is called on only where the log says so', () => {
    expect(activationText({ asked: true, lines: 2 })).toContain('2 lines of the log');
    expect(activationText({ asked: true, lines: 0 })).toContain('not verified');
    expect(activationText({ asked: false, lines: 0 })).toContain('off');
    expect(activationText(null)).toContain('cannot be told');
  });
});
