// SPDX-License-Identifier: Apache-2.0
// Plans of the native module against those of test/oracles/expert_placement.py, and a plan that the engine runs.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type * as Native from '../../src/native/binding/index.d.ts';
import { temporaryFolder } from '../builders/folder.ts';

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const native = createRequire(import.meta.url)(fromHere('../../dist/native/iterscope.node')) as typeof Native;
const fixture = (name: string) => fromHere(`../fixtures/${name}`);
const folder = temporaryFolder();

interface OracleCase {
  folder: string;
  algorithm: 'tensorrt-llm' | 'deepseek';
  ranks: number;
  slots: number;
  groups: number;
  nodes: number;
  madeFrom: number;
  madeTo: number;
  judgedFrom: number;
  judgedTo: number;
  layers: { layer: number; slots: number[]; before: number; after: number; moves: number }[];
}
const cases = JSON.parse(readFileSync(fixture('expert-plans.json'), 'utf8')) as OracleCase[];

const requestOf = ({ ranks, slots, ...rest }: Omit<OracleCase, 'folder' | 'layers'>) => ({
  ...rest,
  epSize: ranks,
  numSlots: slots,
  layerUpdatesPerIter: 0,
  curveSteps: 0,
});

describe('a plan', () => {
  test.each(cases)(
    'of $algorithm for $folder on $ranks ranks is that of the oracle',
    async ({ folder: name, layers, ...request }) => {
      const statistics = await native.openExpertStatistics(fixture(name));
      const plan = await statistics.plan(requestOf(request));
      expect(plan.layers.map(({ layer, slots, moves }) => ({ layer, slots: [...slots], moves }))).toEqual(
        layers.map(({ layer, slots, moves }) => ({ layer, slots, moves })),
      );
      for (const [index, { before, after }] of layers.entries()) {
        expect(plan.layers[index]?.beforeMean).toBeCloseTo(before, 10);
        expect(plan.layers[index]?.afterMean).toBeCloseTo(after, 10);
      }
    },
  );

  test('comes with a curve, a verdict and a file that is judged the same', async () => {
    const statistics = await native.openExpertStatistics(fixture('expert-statistic'));
    const [request] = cases;
    if (request === undefined) throw new Error('no case');
    const plan = await statistics.plan({ ...requestOf(request), curveSteps: 3 });
    expect(plan).toMatchObject({
      verdict: 'better',
      baseline: 'contiguous',
      extraSlotsPerRank: 2,
      numSlots: 80,
    });
    expect(plan.curve.map(({ slots }) => slots)).toEqual([64, 72, 80, 88]);
    expect(plan.curve[2]?.afterMean).toBe(plan.afterMean);
    const judged = await statistics.judgePlan(plan.yaml, 'eplb.yaml', 70, 80, 8);
    expect(judged).toEqual({ ...plan, curve: [] });
  });

  test('that cannot be made, or a file that is none, is refused with a sentence', async () => {
    const statistics = await native.openExpertStatistics(fixture('expert-statistic'));
    const [request] = cases;
    if (request === undefined) throw new Error('no case');
    await expect(statistics.plan({ ...requestOf(request), numSlots: 81 })).rejects.toThrow(
      /"code":"experts.bad-plan".*choose a multiple of 8/,
    );
    await expect(statistics.judgePlan('- 1', 'eplb.yaml', 0, 9, 8)).rejects.toThrow(
      /"code":"experts.bad-balancer".*eplb.yaml/,
    );
  });
});

interface Report {
  moe: { predicted_gain: number };
}

test('the engine runs a plan made of its own statistics, and its ranks wait less', async () => {
  const home = folder();
  const at = (name: string) => join(home, name);
  const engine = (args: readonly string[], environment: Readonly<Record<string, string>>): Report => {
    const size = '--iterations 40 --requests 400 --layers 2 --hidden 32 --heads 4 --ffn 16 --vocab 64';
    const shape = '--experts 16 --top-k 2 --ep-size 2 --router-skew 2 --router-drift 0 --arrival all';
    const fixed = `${size} ${shape} --max-batch 64 --max-tokens 128 --output-len 60 --clock work`.split(' ');
    const program = fromHere('../../dist/native/moe-engine');
    execFileSync(program, [...fixed, '--report_json', at('report.json'), ...args], {
      env: { PATH: process.env['PATH'], ...environment },
    });
    return JSON.parse(readFileSync(at('report.json'), 'utf8')) as Report;
  };
  const without = engine([], {
    EXPERT_STATISTIC_ITER_RANGE: '0-30',
    EXPERT_STATISTIC_PATH: at('statistics'),
  });
  const statistics = await native.openExpertStatistics(at('statistics'));
  const request = { algorithm: 'tensorrt-llm' as const, groups: 1, nodes: 1, ranks: 2, slots: 18 };
  const plan = await statistics.plan(
    requestOf({ ...request, madeFrom: 0, madeTo: 15, judgedFrom: 15, judgedTo: 30 }),
  );
  expect(plan.verdict).toBe('better');
  writeFileSync(at('eplb.yaml'), plan.yaml);
  writeFileSync(at('options.yaml'), `moe_config:\n  load_balancer: ${at('eplb.yaml')}\n`);
  const planned = engine(['--extra_llm_api_options', at('options.yaml')], {});
  expect(planned.moe.predicted_gain).toBeLessThan(without.moe.predicted_gain / 3);
});
