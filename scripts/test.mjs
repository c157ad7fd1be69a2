// SPDX-License-Identifier: Apache-2.0
// npm test [-- --only NAME,… --verbose]: sets up everything and runs every gate, each to its end even if
// an earlier one failed. Rust and static checks run side by side, what starts programs after them, alone.
// The last line is `N passed, N failed`: tests, and one for each other gate.
import { parseArgs } from 'node:util';
import { startXvfb, xvfbIsWanted } from './lib/display.mjs';
import { gates, runGate } from './lib/gates.mjs';
import { inRoot } from './lib/paths.mjs';
import { runScript, SetupError } from './lib/process.mjs';
import { formatDuration, Progress } from './lib/progress.mjs';
import { electron33IsReady } from './lib/electron-33.mjs';
import { obtainTestRuntime } from './lib/runtime.mjs';
import { prepare, prepareSteps } from './lib/setup.mjs';
import { missingFromSystem, provideSystemPackages, testPrograms } from './lib/system-packages.mjs';
import { provideNativeToolchain, checkRustComponents } from './lib/toolchain.mjs';

const { values: options } = parseArgs({
  options: { only: { type: 'string' }, verbose: { type: 'boolean', default: false } },
});

/** @returns {import('./lib/gates.mjs').Gate[]} the gates asked for: `tsc` means all that begin with it */
function chosenGates() {
  if (options.only === undefined) return gates;
  const wanted = options.only.split(',');
  const unknown = wanted.find((name) => !gates.some((gate) => gate.name.startsWith(name)));
  if (unknown !== undefined) {
    throw new SetupError(
      `There is no gate ${unknown}; there are: ${gates.map(({ name }) => name).join(', ')}.`,
    );
  }
  return gates.filter((gate) => wanted.some((name) => gate.name.startsWith(name)));
}

/**
 * @param {Progress} progress
 * @param {string | undefined} executable Electron's, where it is needed
 * @param {string[]} programs
 */
async function provideSystem(progress, executable, programs) {
  const lacking = missingFromSystem(executable, programs).length > 0;
  await progress.step('System packages', lacking, () => provideSystemPackages(executable, programs));
}

/**
 * Electron and a display for the tests.
 * @param {Progress} progress
 * @param {string[]} programs that the tests start beside
 * @returns {Promise<{ env: NodeJS.ProcessEnv, stop: () => void }>}
 */
async function provideElectron(progress, programs) {
  await progress.step('Electron', !electron33IsReady(), obtainTestRuntime);
  const { executable, folder, version, reason } = await obtainTestRuntime();
  await provideSystem(progress, executable, [...programs, ...(xvfbIsWanted() ? ['Xvfb'] : [])]);
  progress.say(`Electron ${version}: ${reason}.`);
  const env = { ELECTRON_OVERRIDE_DIST_PATH: folder };
  if (!xvfbIsWanted()) return { env, stop: () => undefined };
  const { display, stop } = await startXvfb();
  return { env: { ...env, DISPLAY: display }, stop };
}

/**
 * @param {import('./lib/gates.mjs').Gate} gate
 * @param {NodeJS.ProcessEnv} env
 */
async function report(gate, env) {
  const startMs = performance.now();
  const result = await runGate(gate, env, options.verbose);
  const good = result.failed === 0;
  const time = formatDuration(performance.now() - startMs);
  const counts = gate.count ? `, ${result.passed} passed, ${result.failed} failed` : '';
  process.stdout.write(`${good ? 'ok    ' : 'FAILED'} ${gate.name} (${time}${counts})\n`);
  if ((!good || result.warned) && !options.verbose) process.stdout.write(`${result.output.trimEnd()}\n`);
  return result;
}

/**
 * @param {import('./lib/gates.mjs').Gate[]} gates
 * @param {NodeJS.ProcessEnv} env
 */
async function runInOrder(gates, env) {
  const results = [];
  for (const gate of gates) results.push(await report(gate, env));
  return results;
}

// An exit, unlike a signal, lets the display and the running gate be ended.
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));

await runScript(async () => {
  const chosen = chosenGates();
  const electron = chosen.some((gate) => gate.electron);
  const programs = chosen.some((gate) => gate.name === 'vitest') ? testPrograms : [];
  const progress = new Progress(prepareSteps + (electron ? 2 : programs.length > 0 ? 1 : 0));
  await prepare(progress, {
    native: chosen.some((gate) => gate.native),
    bundles: chosen.some((gate) => gate.bundles),
    keepTypings: true,
  });
  if (chosen.some((gate) => gate.command[0] === 'cargo')) {
    await provideNativeToolchain();
    checkRustComponents();
  }
  if (!electron && programs.length > 0) await provideSystem(progress, undefined, programs);
  const { env, stop } = electron
    ? await provideElectron(progress, programs)
    : { env: {}, stop: () => undefined };
  // NO_COLOR: the output is read by programs; a test that looks at text must not meet colour codes.
  delete process.env.FORCE_COLOR;
  const targetFolder = process.env.CARGO_TARGET_DIR ?? inRoot('target');
  const fixed = {
    TZ: 'UTC',
    LC_ALL: 'C',
    NO_COLOR: '1',
    CARGO_TERM_COLOR: 'never',
    CARGO_TARGET_DIR: targetFolder,
  };
  const run = (/** @type {import('./lib/gates.mjs').Gate[]} */ gates) =>
    runInOrder(gates, { ...process.env, ...fixed, ...env });
  const lane = (/** @type {string | undefined} */ name) => chosen.filter((gate) => gate.lane === name);
  /** @type {import('./lib/gates.mjs').Result[]} */
  const results = [];
  try {
    results.push(...(await Promise.all([run(lane('rust')), run(lane('static'))])).flat());
    results.push(...(await run(lane(undefined))));
  } finally {
    stop();
  }
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
});
