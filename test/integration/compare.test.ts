// SPDX-License-Identifier: Apache-2.0
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defaultThresholds } from '#main/compare/verdict.ts';
import { defaultForm } from '#main/launch/default-form.ts';
import { comparisonDocument } from '#shared/contract/comparison.ts';
import type { Arm, ComparisonRequest } from '#shared/contract/comparison.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { makeServices } from '../builders/services.ts';

/** Comparisons of the embedded engine by its work clock: every pass of an arm gives the same figures. */

const folder = temporaryFolder();
const cli = resolve('dist/cli/index.js');
const engine = ['--recipe', 'embedded-moe-engine', '--set', 'clock=work', '--set', 'ep-size=2'];
const small = [...engine, '--set', 'layers=2', '--set', 'requests=64', '--set', 'iterations=30'];

function iterscope(home: string, ...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ITERSCOPE_HOME: home },
    maxBuffer: 1 << 26,
  });
  return { code: status, stdout, stderr };
}

type Report = ReturnType<typeof comparisonDocument.parse>;

/** The schema as whoever reads reports has it. */
const published = z.fromJSONSchema(
  JSON.parse(readFileSync('assets/schemas/comparison.schema.json', 'utf8')) as Parameters<
    typeof z.fromJSONSchema
  >[0],
);

/** The report, which must be what its schema says, the published one as well, with nothing besides. */
function reportOf(stdout: string): Report {
  const report = JSON.parse(stdout) as unknown;
  expect(published.safeParse(report).error?.issues ?? []).toEqual([]);
  const parsed = comparisonDocument.parse(report);
  expect(parsed).toEqual(report);
  return parsed;
}

describe('iterscope compare', () => {
  test('finds the gain of perfect routing, says why, and writes reports', () => {
    const home = folder();
    const html = join(home, 'report.html');
    const markdown = join(home, 'report.md');
    const { code, stdout } = iterscope(
      home,
      ...['compare', ...small, '--perfect-router', '--blocks', '3', '--profile', '--window', '5+10'],
      ...['--html', html, '--markdown', markdown, '--json'],
    );
    expect(code).toBe(0);
    const { comparison, answer, commands } = reportOf(stdout);
    expect(comparison.state).toBe('done');
    expect(comparison.passes).toHaveLength(8);
    expect(answer.verdict?.kind).toMatch(/^imbalance-/);
    expect(answer.primary?.effect?.ratio).toBeGreaterThan(0.02);
    expect(answer.why?.causes[0]?.name).toMatch(/^Communication and waiting/);
    expect(answer.differences).toEqual([{ name: 'perfect router', a: 'off', b: 'on' }]);
    expect(commands.map(({ shell }) => shell.includes('ENABLE_PERFECT_ROUTER=1'))).toEqual([
      false,
      true,
      false,
      true,
    ]);
    expect(readFileSync(html, 'utf8')).toContain(answer.verdict?.sentence.slice(0, 30));
    expect(readFileSync(markdown, 'utf8')).toContain('| Figure | learned router | perfect router |');
    const timed = comparison.passes.filter(({ purpose }) => purpose === 'timing');
    for (const { runId } of timed) {
      const manifest = JSON.parse(readFileSync(join(home, 'data/runs', runId, 'manifest.json'), 'utf8')) as {
        profiled: boolean;
      };
      expect(manifest.profiled).toBe(false);
    }
  });

  test('names a planted slowdown of one kernel first, and all work adds up to the iteration', () => {
    // Twice the width of an expert: its matrix products take twice as long, and nothing else does.
    const { code, stdout } = iterscope(
      folder(),
      ...['compare', ...small, '--b', 'ffn=512', '--blocks', '3', '--profile', '--window', '5+6', '--json'],
    );
    expect(code).toBe(0);
    const { why } = reportOf(stdout).answer;
    const [first] = why?.work ?? [];
    expect(first).toMatchObject({ name: 'moe.expert_gemm', presence: 'both', kind: 'MoE' });
    expect((first?.msB ?? 0) / (first?.msA ?? 1)).toBeCloseTo(2, 1);
    expect(why?.kinds[0]?.name).toBe('MoE');
    const steady = why?.work.find(({ name }) => name === 'attention.qkv_gemm');
    expect(steady?.msB).toBeCloseTo(steady?.msA ?? 0, 3);
    for (const [arm, whole] of [
      ['msA', why?.wholeMsA],
      ['msB', why?.wholeMsB],
    ] as const) {
      const sum = why?.work.reduce((total, row) => total + row[arm], why.rest[arm]) ?? 0;
      expect(sum).toBeCloseTo(whole ?? 0, 9);
      // Operators of a CPU are nested and never side by side: what they leave is idle time only.
      expect(why?.rest[arm]).toBeGreaterThanOrEqual(0);
      expect(why?.rest[arm]).toBeLessThan(0.1 * (whole ?? 0));
    }
    expect(why?.iterations).toHaveLength(12);
    expect(why?.iterations.every(({ iterationA, iterationB }) => iterationA === iterationB)).toBe(true);
  });

  test('finds nothing between an arm and itself, and the gate holds; a slower arm does not pass it', () => {
    const home = folder();
    const same = iterscope(home, 'compare', ...small, '--blocks', '3', '--fail-if-slower', '3%', '--json');
    expect(same.code).toBe(0);
    expect(reportOf(same.stdout).answer.verdict?.kind).toBe('same');
    const slower = iterscope(
      home,
      ...['compare', ...small, '--b', 'layers=4', '--blocks', '3', '--fail-if-slower', '3%', '--json'],
    );
    expect(slower.code).toBe(3);
    expect(reportOf(slower.stdout).answer.verdict?.kind).toBe('slower');
  });

  test('goes on where it stopped when its process was killed', async () => {
    const home = folder();
    const child = spawn(process.execPath, [cli, 'compare', ...small, '--perfect-router', '--blocks', '3'], {
      env: { PATH: process.env['PATH'], ITERSCOPE_HOME: home },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    await new Promise<void>((settle) => {
      child.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString('utf8');
        if (said.includes('[3/6]')) {
          child.kill('SIGKILL');
          settle();
        }
      });
    });
    await new Promise((settle) => child.once('exit', settle));
    const [file = ''] = readdirSync(join(home, 'data/comparisons'));
    const id = file.replace('.json', '');
    const { code, stdout } = iterscope(home, 'compare', '--resume', id, '--json');
    expect(code).toBe(0);
    const { comparison, answer } = reportOf(stdout);
    expect(comparison.passes.map(({ block, arm }) => ({ block, arm }))).toEqual(
      comparison.plan.map(({ block, arm }) => ({ block, arm })),
    );
    expect(answer.verdict?.kind).toMatch(/^imbalance-/);
    const again = iterscope(home, 'compare', '--resume', id);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('nothing to go on with');
  });

  test('a deleted run costs its block, not the answer; a profiled pass that cannot be is refused before any', async () => {
    const home = folder();
    const services = makeServices(home);
    const recipe = await services.recipes.get('embedded-moe-engine');
    const form = defaultForm(recipe);
    const parameters = { ...form.parameters, clock: 'work', layers: 2, requests: 64, iterations: 30 };
    const arm = (perfectRouter: boolean, window: string): Arm => ({
      label: perfectRouter ? 'perfect' : 'learned',
      form: { ...form, parameters, perfectRouter, window },
    });
    const request = (window: string, profile: boolean): ComparisonRequest => ({
      a: arm(false, window),
      b: arm(true, window),
      blocks: 3,
      seed: 1,
      early: false,
      profile,
      thresholds: defaultThresholds,
    });
    try {
      await expect(services.comparisons.start(request('', true))).rejects.toThrow('learned cannot be run');
      expect(await services.comparisons.list()).toEqual([]);
      const { id } = await services.comparisons.start(request('5+5', false));
      const { passes } = await services.comparisons.finished(id);
      expect((await services.comparisons.answer(id)).primary?.effect?.blocks).toBe(3);
      rmSync(join(home, 'data/runs', passes[0]?.runId ?? ''), { recursive: true });
      const answer = await services.comparisons.answer(id);
      expect(answer.primary?.effect?.blocks).toBe(2);
      expect(answer.notes.join(' ')).toContain('The runs of 1 pass were deleted');
    } finally {
      services.engine.close();
    }
  });

  test.each([
    [['--blocks', '2'], 2, '--blocks 2 is not a whole number from 3 to 100'],
    [['--fail-if-slower', 'much'], 2, 'is not a percentage'],
    [['--b', 'layers=0'], 2, 'cannot be run'],
    [['--b-target', 'elsewhere'], 2, 'write local, docker:IMAGE or podman:IMAGE'],
    [['--b-recipe', 'nothing'], 2, 'nothing'],
    [['--resume', 'no-such-comparison'], 1, 'There is no comparison "no-such-comparison"'],
  ])('%j is refused in a sentence', (args, expected, sentence) => {
    const { code, stderr } = iterscope(folder(), 'compare', ...small, ...args);
    expect(code).toBe(expected);
    expect(stderr).toContain(sentence);
  });
});
