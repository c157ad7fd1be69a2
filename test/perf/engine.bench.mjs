// SPDX-License-Identifier: Apache-2.0
// What even routing gains in the embedded engine: predicted from the learned arm's own rank times, and measured
// against an arm with the perfect router. Two ranks on two cores, learned and perfect run by turns, three seeds.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const seeds = [1, 2, 3];
/** Pairs of arms per seed, fixed beforehand; their medians stand for the seed. */
const pairsPerSeed = 5;

/** @param {string} root @param {string} folder @param {number} seed @param {boolean} perfect */
function runOnce(root, folder, seed, perfect) {
  const report = join(folder, 'report.json');
  const args = ['--seed', String(seed), '--ep-size', '2', '--print-iter-log=false', '--report_json', report];
  const env = { PATH: process.env.PATH, ...(perfect ? { ENABLE_PERFECT_ROUTER: '1' } : {}) };
  const { status, stderr } = spawnSync(join(root, 'dist/native/moe-engine'), args, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`moe-engine failed: ${stderr}`);
  const { performance: figures, moe } = JSON.parse(readFileSync(report, 'utf8'));
  return { throughput: figures.system_output_throughput_tok_s, predicted: moe.predicted_gain };
}

/**
 * The arms take turns at going first, so that a machine that gets slower favours neither.
 * @param {string} root @param {string} folder @param {number} seed @param {boolean} perfectFirst
 */
function runPair(root, folder, seed, perfectFirst) {
  const first = runOnce(root, folder, seed, perfectFirst);
  const second = runOnce(root, folder, seed, !perfectFirst);
  return perfectFirst ? { learned: second, perfect: first } : { learned: first, perfect: second };
}

/** @param {number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** @type {Promise<{ predicted: number[], measured: number[] }> | undefined} */
let measurement;

/** Both figures come from the same runs. @param {string} root */
function measure(root) {
  const folder = mkdtempSync(join(tmpdir(), 'iterscope-bench-'));
  const predicted = [];
  const measured = [];
  try {
    for (const seed of seeds) {
      const pairs = Array.from({ length: pairsPerSeed }, (_, pair) =>
        runPair(root, folder, seed, pair % 2 === 1),
      );
      predicted.push(median(pairs.map(({ learned }) => learned.predicted)));
      measured.push(median(pairs.map(({ learned, perfect }) => perfect.throughput / learned.throughput - 1)));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return Promise.resolve({ predicted, measured });
}

/** @param {'predicted' | 'measured'} which */
const gain =
  (which) =>
  /** @param {{ root: string }} context */
  async ({ root }) => {
    measurement ??= measure(root);
    return (await measurement)[which];
  };

export const figures = [
  { name: 'engine.predicted_gain', unit: 'ratio', run: gain('predicted') },
  { name: 'engine.measured_gain', unit: 'ratio', run: gain('measured') },
];
