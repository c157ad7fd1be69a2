// SPDX-License-Identifier: Apache-2.0
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { answerOf } from '#main/compare/answer.ts';
import type { PassResult } from '#main/compare/pass.ts';
import { defaultThresholds } from '#main/compare/verdict.ts';
import { parseIterationLine } from '#main/launch/iteration-log.ts';
import { readTelemetry } from '#main/services/telemetry-file.ts';
import type { Comparison } from '#shared/contract/comparison.ts';
import { temporaryFolder } from '../../builders/folder.ts';
import { makePass } from '../../builders/comparison.ts';
import { makeForm } from '../../builders/recipe.ts';
import { makeManifest } from '../../builders/run.ts';

/** Power and energy of a comparison on an H100, from what was sampled there. */

const recorded = z.object({
  passes: z.array(
    z.object({
      block: z.int(),
      arm: z.enum(['a', 'b']),
      startedAt: z.string(),
      endedAt: z.string(),
      outputThroughput: z.number(),
      /** The first and the last line of the iteration log. */
      iterations: z.array(z.string()),
      telemetry: z.array(z.string()),
    }),
  ),
});
const { passes } = recorded.parse(
  JSON.parse(readFileSync('test/fixtures/compare/h100-telemetry.json', 'utf8')),
);
const folder = temporaryFolder();

async function passOf(pass: (typeof passes)[number]): Promise<PassResult> {
  const path = join(folder(), 'telemetry.jsonl');
  writeFileSync(path, `${pass.telemetry.join('\n')}\n`);
  const { block, arm, startedAt, endedAt, outputThroughput } = pass;
  const figures = [{ label: 'Output throughput', value: outputThroughput, unit: 'tok/s' }];
  return makePass({
    block,
    arm,
    run: makeManifest({ startedAt, endedAt, figures }),
    lines: pass.iterations.flatMap((line) => parseIterationLine(line) ?? []),
    telemetry: await readTelemetry(path),
  });
}

const arm = (label: string) => ({ label, form: makeForm() });

test('power is that of the work alone, energy is it by token, and both are compared block by block', async () => {
  const comparison: Comparison = {
    version: 1,
    id: '20260102T030405Z-compare-0a1b',
    title: 'CUDA graphs',
    createdAt: '2026-01-02T03:04:05.000Z',
    state: 'done',
    request: {
      a: arm('eager'),
      b: arm('graphs'),
      blocks: 3,
      seed: 1,
      early: false,
      profile: false,
      thresholds: defaultThresholds,
    },
    plan: [],
    passes: [],
  };
  const answer = answerOf(comparison, await Promise.all(passes.map(passOf)));
  const figureOf = (label: string) => answer.figures.find((figure) => figure.label === label);
  // Computed from the same file by a script of its own: samples of a busy GPU from the first iteration to the last.
  const power = figureOf('GPU power');
  expect(power?.a.map((watts) => watts?.toFixed(3))).toEqual(['178.476', '176.846', '166.118']);
  expect(power?.b.map((watts) => watts?.toFixed(3))).toEqual(['217.435', '199.820', '246.820']);
  const energy = figureOf('GPU energy per output token');
  expect(energy?.unit).toBe('J/token');
  expect(energy?.a.map((joules) => joules?.toFixed(6))).toEqual(['0.017132', '0.016951', '0.016726']);
  expect(energy?.b.map((joules) => joules?.toFixed(6))).toEqual(['0.007973', '0.007109', '0.008899']);
  // More power, less energy: graphs make the GPU work harder for less than half as long.
  expect(power?.effect?.ratio).toBeLessThan(0);
  expect(energy?.effect?.low).toBeGreaterThan(0.5);
  // Every pass had the GPU for itself, at full clocks, under one driver.
  expect(answer.suspects).toEqual([]);
  expect(answer.confounders).toEqual([]);
});
