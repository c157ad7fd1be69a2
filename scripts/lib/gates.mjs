// SPDX-License-Identifier: Apache-2.0
// What has to hold before a change is good: each gate is one command, its result one count, or the counts
// of the tests that it runs.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { inRoot } from './paths.mjs';
import { npmCommand, run } from './process.mjs';

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 *
 * @typedef {object} Gate
 * @property {string} name
 * @property {string[]} command program and arguments, run in the repository's root
 * @property {NodeJS.ProcessEnv} [env] added to the environment
 * @property {'rust' | 'static'} [lane] gates of these two lanes run side by side, in their order; the rest comes after
 *   them, alone, since it starts programs that measure time
 * @property {boolean} [native] whether it needs the native programs
 * @property {boolean} [bundles] whether it needs the bundles
 * @property {boolean} [electron] whether it needs Electron and a display
 * @property {(output: string) => Counts} [count] how many tests ran; a gate without it counts as one
 *
 * @typedef {object} Result
 * @property {number} passed
 * @property {number} failed
 * @property {boolean} warned
 * @property {string} output
 */

const vitestReport = inRoot('out', 'test', 'vitest.json');
const playwrightReport = inRoot('out', 'test', 'playwright.json');
const cargo = ['--manifest-path', 'src/native/Cargo.toml'];
// What the workspace depends on was built for the programs already and is used again.
const asTested = ['--release', '--config', 'src/native/test-profile.toml'];

/** @param {string} path @returns {any} the report of a test runner; empty if it wrote none */
function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return {};
  }
}

/** @param {string} output of cargo test @returns {Counts} */
export function countCargo(output) {
  const counts = { passed: 0, failed: 0 };
  for (const [, passed, failed] of output.matchAll(/^test result: .*? (\d+) passed; (\d+) failed;/gm)) {
    counts.passed += Number(passed);
    counts.failed += Number(failed);
  }
  return counts;
}

/** @param {string} path of a report @returns {Counts} a file that could not be loaded has no tests, but is a failure all the same */
export function countVitest(path = vitestReport) {
  const { numPassedTests = 0, numFailedTests = 0, testResults = [] } = readReport(path);
  const broken = testResults.filter(
    (/** @type {{ status: string, assertionResults: { status: string }[] }} */ file) =>
      file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  return { passed: numPassedTests, failed: numFailedTests + broken.length };
}

/** @returns {Counts} a test that passed only when tried again has not passed */
function countPlaywright() {
  const { stats = {}, errors = [] } = readReport(playwrightReport);
  const { expected = 0, unexpected = 0, flaky = 0 } = stats;
  return { passed: expected, failed: unexpected + flaky + errors.length };
}

/** @param {string} name @param {...string} args @returns {string[]} a program from node_modules */
const tool = (name, ...args) => [inRoot('node_modules', '.bin', name), ...args];

/** @param {string} project folder of a tsconfig.json @returns {Gate} */
const typeCheck = (project) => ({
  name: `tsc ${project}`,
  lane: 'static',
  command: tool('tsc', '--project', project),
});

/** @type {Gate[]} */
export const gates = [
  // npm install drops the packages of other platforms from the lock file, and npm ci then refuses it.
  { name: 'lock file', lane: 'static', command: [npmCommand, 'ci', '--dry-run', '--loglevel=error'] },
  { name: 'prettier', lane: 'static', command: tool('prettier', '--check', '--log-level', 'warn', '.') },
  { name: 'rustfmt', lane: 'rust', command: ['cargo', 'fmt', ...cargo, '--all', '--check'] },
  ...['src/shared', 'src/main', 'src/preload', 'src/renderer', 'test', 'scripts'].map(typeCheck),
  { name: 'eslint', lane: 'static', command: tool('eslint', '--max-warnings', '0', '.') },
  {
    name: 'dependency-cruiser',
    lane: 'static',
    command: tool('depcruise', '--config', '.dependency-cruiser.cjs', 'src', 'test'),
  },
  { name: 'knip', lane: 'static', command: tool('knip', '--treat-config-hints-as-errors') },
  {
    name: 'clippy',
    lane: 'rust',
    command: [
      'cargo',
      'clippy',
      ...cargo,
      '--workspace',
      '--all-targets',
      '--locked',
      ...asTested,
      '-q',
      '--',
      '-D',
      'warnings',
    ],
  },
  {
    name: 'native typings',
    lane: 'rust',
    command: [process.execPath, 'scripts/native.mjs', '--check-typings'],
    native: true,
  },
  {
    name: 'cargo test',
    lane: 'rust',
    command: ['cargo', 'test', ...cargo, '--workspace', '--locked', ...asTested, '--no-fail-fast'],
    native: true,
    count: countCargo,
  },
  {
    name: 'vitest',
    command: tool(
      'vitest',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${vitestReport}`,
    ),
    native: true,
    bundles: true,
    count: () => countVitest(),
  },
  {
    name: 'playwright',
    command: tool('playwright', 'test', '--reporter=line,json'),
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: playwrightReport },
    native: true,
    bundles: true,
    electron: true,
    count: countPlaywright,
  },
];

const warning = /^\s*(warning\b|\[?warn\]?\b|npm warn|\(node:\d+\) \w*Warning)/im;

/**
 * @param {Gate} gate
 * @param {NodeJS.ProcessEnv} env
 * @param {boolean} verbose show the output as it comes
 * @returns {Promise<Result>}
 */
export async function runGate(gate, env, verbose) {
  for (const report of [vitestReport, playwrightReport]) {
    mkdirSync(dirname(report), { recursive: true });
    if (gate.count) rmSync(report, { force: true });
  }
  const [program = '', ...args] = gate.command;
  const { code, output } = await run(program, args, { env: { ...env, ...gate.env }, echo: verbose });
  const warned = warning.test(output);
  const good = code === 0 && !warned;
  if (!gate.count) return { passed: good ? 1 : 0, failed: good ? 0 : 1, warned, output };
  const { passed, failed } = gate.count(output);
  // A runner that ran nothing, or failed beside its tests, must not look like success.
  const unexplained = failed === 0 && (!good || passed === 0) ? 1 : 0;
  return { passed, failed: failed + unexplained, warned, output };
}
