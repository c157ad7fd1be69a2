// SPDX-License-Identifier: Apache-2.0
// Expert statistics through the real native module.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type * as Native from '../../src/native/binding/index.d.ts';
import { TOP_EXPERTS } from '#shared/contract/experts.ts';
import { temporaryFolder } from '../builders/folder.ts';

const modulePath = fileURLToPath(new URL('../../dist/native/iterscope.node', import.meta.url));
const native = createRequire(import.meta.url)(modulePath) as typeof Native;
const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const folder = temporaryFolder();
const token = () => new native.CancelToken();

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

describe('recorded expert statistics', () => {
  test('have their known figures', async () => {
    const statistics = await native.openExpertStatistics(fixture('expert-statistic'));
    expect(statistics.summary()).toEqual({
      experts: 64,
      topK: 4,
      layers: Array.from({ length: 16 }, (_, layer) => layer),
      iterationStart: 0,
      iterationEnd: 140,
      iterationCount: 140,
      ranks: [0],
      combination: 'single',
      warnings: [],
      balanceLines: 0,
      balanceModels: [],
    });
    const { counts, total } = await statistics.histogram(0, 50, 51);
    expect([total, Math.max(...counts), Math.min(...counts)]).toEqual([16384, 3954, 0]);
    expect((await statistics.layerMetrics(50, 51, 8, token()))[0]).toMatchObject({
      layer: 0,
      tokens: 16384,
      expertImbalanceMean: 14.4453125,
      expertImbalanceOfSums: 14.4453125,
      hotSetPersistence: null,
    });
  });

  test('count as many experts in the top share as the window says', async () => {
    const statistics = await native.openExpertStatistics(fixture('expert-statistic'));
    const { counts, total } = await statistics.histogram(0, 0, 140);
    const top = counts.toSorted((a, b) => b - a).slice(0, TOP_EXPERTS);
    expect((await statistics.layerMetrics(0, 140, 8, token()))[0]?.topShare).toBe(sum(top) / total);
  });

  test('tell the mean over iterations from the ratio of sums when routing drifts', async () => {
    const statistics = await native.openExpertStatistics(fixture('expert-statistic-drift'));
    const layers = await statistics.layerMetrics(0, 200, 4, token());
    expect(layers[0]).toMatchObject({ expertImbalanceMean: 4.36046875, expertImbalanceOfSums: 4.14046875 });
    expect(layers[7]).toMatchObject({ expertImbalanceMean: 4.74109375, expertImbalanceOfSums: 4.1875 });
  });

  test('give the same tokens as heat map, histogram and rank loads', async () => {
    const statistics = await native.openExpertStatistics(fixture('expert-statistic-drift'));
    const heatmap = await statistics.heatmap(10, 60);
    expect(heatmap).toHaveLength(8 * 32);
    const { counts, total } = await statistics.histogram(3, 10, 60);
    expect(heatmap.slice(3 * 32, 4 * 32)).toEqual(counts);
    const ranks = await statistics.rankLoads(3, 10, 60, 4);
    expect(ranks?.[1]).toBe(sum(counts.slice(8, 16)));
    expect(ranks && sum(ranks)).toBe(total);
  });

  test('have no answer where there is none', async () => {
    const statistics = await native.openExpertStatistics(fixture('expert-statistic-drift'));
    expect(await statistics.rankLoads(0, 0, 200, 5)).toBeNull();
    expect((await statistics.layerMetrics(200, 300, 4, token()))[0]).toMatchObject({
      tokens: 0,
      expertImbalanceMean: null,
      rankImbalanceOfSums: null,
      gini: null,
      activeExperts: null,
    });
    await expect(statistics.histogram(99, 0, 200)).rejects.toThrow('"code":"experts.no-such-layer"');
  });
});

describe('a question that nobody waits for any more', () => {
  test('ends, and leaves the next one its answer', async () => {
    const statistics = await native.openExpertStatistics(fixture('expert-statistic'));
    const cancelled = token();
    cancelled.cancel();
    await expect(statistics.layerMetrics(0, 140, 8, cancelled)).rejects.toThrow('"code":"request.cancelled"');
    expect(await statistics.layerMetrics(0, 140, 8, token())).toHaveLength(16);
  });
});

describe('a log of vLLM', () => {
  test('has its lines about balancedness, by model', async () => {
    const log = join(folder(), 'server.log');
    const line = (model: string, tokens: number) =>
      `INFO [eplb_state.py:360] EPLB step: ${tokens} for model ${model}: avg_tokens=${tokens}.00, max_tokens=8, balancedness=${(tokens / 8).toFixed(4)}\n`;
    writeFileSync(log, `INFO up\n${line('a', 2)}${line('b', 8)}INFO more\n${line('a', 4)}`);
    const statistics = await native.openExpertStatistics(log);
    expect(statistics.summary()).toMatchObject({ layers: [], balanceLines: 3, balanceModels: ['a', 'b'] });
    const balance = await statistics.balance(0, 10);
    expect(balance.rows.map(({ first, step, balancedness }) => [first, step, balancedness])).toEqual([
      [0, 2, 0.25],
      [1, 4, 0.5],
    ]);
    expect(balance).toMatchObject({ linesPerRow: 1, balancedness: 0.375, balancednessOfSums: 0.375 });
    writeFileSync(log, 'INFO up\n');
    await expect(native.openExpertStatistics(log)).rejects.toThrow('log_balancedness');
  });
});

describe('a folder that cannot be used', () => {
  test('is refused with a code, a sentence and its path', async () => {
    await expect(native.openExpertStatistics('/no/such/folder')).rejects.toThrow(
      '"code":"experts.not-found"',
    );
    await expect(native.openExpertStatistics(folder())).rejects.toThrow('"code":"experts.no-statistics"');
    const damaged = folder();
    mkdirSync(damaged, { recursive: true });
    const file = join(damaged, 'rank0.safetensors');
    writeFileSync(file, 'not tensors');
    const failure: unknown = await native.openExpertStatistics(damaged).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(JSON.parse((failure as Error).message)).toMatchObject({ code: 'experts.damaged', path: file });
  });
});

describe('a layer over iterations', () => {
  test('has the tokens and ratios of its iterations, in no more rows than asked', async () => {
    const statistics = await native.openExpertStatistics(fixture('expert-statistic-drift'));
    const series = await statistics.series(2, 0, 200, { overRanks: true, epSize: 4, rows: 64 });
    expect(series).toMatchObject({ iterationsPerRow: 4, columns: 4 });
    expect(series.rows).toHaveLength(50);
    expect(sum(series.cells)).toBe((await statistics.histogram(2, 0, 200)).total);
    const alone = (await statistics.layerMetrics(7, 8, 4, token()))[2];
    const each = await statistics.series(2, 0, 200, { overRanks: false, epSize: 4, rows: 200 });
    expect(each.rows[7]).toMatchObject({ first: 7, rankImbalance: alone?.rankImbalanceMean });
    expect([...each.cells.subarray(7 * 32, 8 * 32)]).toEqual([
      ...(await statistics.histogram(2, 7, 8)).counts,
    ]);
    await expect(statistics.series(2, 0, 9, { overRanks: true, epSize: 5, rows: 9 })).rejects.toThrow(
      /bad-plan/,
    );
  });

  test('under the perfect router is what its rule deals', async () => {
    const request = { experts: 16, topK: 4, epSize: 8, tokensPerRank: 1, rotated: false };
    const early = await native.perfectRouterLoads(request);
    const expected = new Float64Array(16);
    for (let slot = 0; slot < 4; slot += 1) expected[(slot % 8) * 2] = 8;
    expect(early).toEqual(expected);
    const late = await native.perfectRouterLoads({ ...request, rotated: true });
    expect(Math.max(...late) - Math.min(...late)).toBeLessThanOrEqual(4);
    expect(sum(late)).toBe(32);
    await expect(native.perfectRouterLoads({ ...request, experts: 17 })).rejects.toThrow(/evenly by ranks/);
  });
});
