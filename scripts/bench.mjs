// SPDX-License-Identifier: Apache-2.0
// npm run bench [-- --json --only PREFIX,…]: measures what test/perf/*.bench.mjs define.
//
// A module exports figures: [{ name, unit, run }]. `run(context)` gives samples (numbers), or
// { value, samples, inputs } where a figure is not its samples' median. Figures are measured one after the
// other, so that none disturbs another.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { inRoot, root } from './lib/paths.mjs';
import { runScript, SetupError } from './lib/process.mjs';
import { Progress } from './lib/progress.mjs';
import { prepare, prepareSteps } from './lib/setup.mjs';

/**
 * @typedef {object} BenchContext
 * @property {string} root the repository's root
 *
 * @typedef {{ value?: number, samples: number[], inputs?: string[] }} Measurement inputs: paths of files read
 *
 * @typedef {object} Figure
 * @property {string} name such as ingest.mb_per_s
 * @property {string} unit
 * @property {(context: BenchContext) => Promise<number[] | Measurement>} run
 *
 * @typedef {{ name: string, value: number, unit: string, n: number, samples: number[] }} Row
 */

const { values: options } = parseArgs({
  options: { json: { type: 'boolean', default: false }, only: { type: 'string' } },
});

/** @param {number[]} samples at least one */
function median(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** @returns {Promise<Figure[]>} the figures asked for */
async function chosenFigures() {
  const folder = inRoot('test', 'perf');
  const files = readdirSync(folder).filter((name) => name.endsWith('.bench.mjs'));
  const modules = await Promise.all(
    files.sort().map((name) => import(pathToFileURL(inRoot('test', 'perf', name)).href)),
  );
  const figures = modules.flatMap((module) => module.figures);
  const prefixes = options.only?.split(',');
  const chosen = figures.filter(({ name }) => prefixes?.some((prefix) => name.startsWith(prefix)) ?? true);
  if (chosen.length > 0) return chosen;
  const names = figures.map(({ name }) => name).join(', ');
  throw new SetupError(`No figure's name begins with ${options.only}; there are: ${names}.`);
}

const machine = () => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryBytes: totalmem(),
  system: `${platform()} ${arch()} ${release()}`,
  node: process.version,
});

/** @param {Set<string>} paths */
const describeInputs = (paths) =>
  [...paths].sort().map((path) => ({
    name: basename(path),
    sha256: createHash('sha256').update(readFileSync(path)).digest('hex'),
  }));

/** @param {number} value @returns {string} with four significant digits */
const shortNumber = (value) => (value === 0 ? '0' : String(Number(value.toPrecision(4))));

/** @param {Row[]} rows */
function printTable(rows) {
  const cells = [['figure', 'value', 'unit', 'n']].concat(
    rows.map(({ name, value, unit, n }) => [name, shortNumber(value), unit, String(n)]),
  );
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  for (const [name = '', value = '', unit = '', n = ''] of cells) {
    const [a = 0, b = 0, c = 0, d = 0] = widths;
    process.stdout.write(`${name.padEnd(a)}  ${value.padStart(b)}  ${unit.padEnd(c)}  ${n.padStart(d)}\n`);
  }
}

await runScript(async () => {
  const progress = new Progress(prepareSteps, { stream: process.stderr, quiet: true });
  await prepare(progress);
  /** @type {Row[]} */
  const rows = [];
  /** @type {Set<string>} */
  const inputs = new Set();
  for (const { name, unit, run } of await chosenFigures()) {
    progress.say(`${name} …`);
    const measured = await run({ root });
    const {
      samples,
      value = median(samples),
      inputs: read = [],
    } = Array.isArray(measured) ? { samples: measured } : measured;
    if (samples.length === 0)
      throw new SetupError(`${name} gave no samples; its module in test/perf is wrong.`);
    for (const path of read) inputs.add(path);
    rows.push({ name, value, unit, n: samples.length, samples });
  }
  if (options.json) {
    const document = { machine: machine(), inputs: describeInputs(inputs), figures: rows };
    process.stdout.write(`${JSON.stringify(document)}\n`);
  } else printTable(rows);
});
