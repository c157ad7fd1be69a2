// SPDX-License-Identifier: Apache-2.0
// npm start [-- FILE…]: sets up what is missing and opens the workbench, with the given traces.
// Where there is no display, it does the workbench's main job without one and leaves pictures of it.
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { hasDisplay, startXvfb } from './lib/display.mjs';
import { inRoot, root } from './lib/paths.mjs';
import { runAttached, runScript, SetupError } from './lib/process.mjs';
import { Progress } from './lib/progress.mjs';
import { obtainRuntime, readyRuntime } from './lib/runtime.mjs';
import { checkSandbox, hideChromiumNoise, sandboxArguments } from './lib/sandbox.mjs';
import { prepare, prepareSteps } from './lib/setup.mjs';
import { missingFromSystem, provideSystemPackages } from './lib/system-packages.mjs';

const reportFolder = inRoot('out', 'first-run');

/** @param {string[]} args as typed; files are relative to where npm was called */
const absoluteFiles = (args) =>
  args.map((arg) => (arg.startsWith('-') ? arg : resolve(process.env.INIT_CWD ?? process.cwd(), arg)));

/**
 * @param {string} executable Electron's
 * @param {string[]} args for the application
 * @param {NodeJS.ProcessEnv} env
 */
function launch(executable, args, env) {
  const wayland = !env.DISPLAY && env.WAYLAND_DISPLAY ? ['--ozone-platform-hint=auto'] : [];
  return runAttached(executable, [...sandboxArguments(), ...wayland, root, ...args], {
    env,
    hideStderr: hideChromiumNoise,
  });
}

/** @param {string} executable @param {string[]} files */
async function reportOffScreen(executable, files) {
  rmSync(reportFolder, { recursive: true, force: true });
  mkdirSync(reportFolder, { recursive: true });
  process.stdout.write(
    'There is no display here: a run of the embedded engine follows on an off-screen one (Xvfb).\n',
  );
  const { display, stop } = await startXvfb();
  const env = { ...process.env, DISPLAY: display };
  const code = await launch(executable, [`--first-run-report=${reportFolder}`, ...files], env);
  stop();
  const pictures = readdirSync(reportFolder).filter((name) => name.endsWith('.png'));
  for (const name of pictures) {
    process.stdout.write(`Screenshot: ${relative(root, join(reportFolder, name))}\n`);
  }
  return code;
}

const headlessRun = ['run', '--recipe', 'embedded-moe-engine', '--trace', '--expert-statistics'];

/**
 * @param {string} why there cannot be an off-screen display
 * @param {string[]} files
 */
function runHeadless(why, files) {
  const [what, args] =
    files.length > 0
      ? ['What the files hold follows', ['inspect', ...files]]
      : ['A profiled run of the embedded engine follows', headlessRun];
  process.stdout.write(
    `There is no display here, and no off-screen one either. ${why}\n` +
      `${what} without a window, hence without screenshots.\n`,
  );
  return runAttached(process.execPath, [inRoot('dist/cli/index.js'), ...args]);
}

/**
 * @param {string} executable Electron's
 * @param {boolean} offScreen whether the display server is needed, too
 * @returns {Promise<string | undefined>} why Electron cannot run, where that does not end the start
 */
async function provideSystem(executable, offScreen) {
  try {
    await provideSystemPackages(executable, offScreen ? ['Xvfb'] : []);
    return undefined;
  } catch (error) {
    if (offScreen && error instanceof SetupError) return error.message;
    throw error;
  }
}

async function start() {
  const files = absoluteFiles(process.argv.slice(2));
  const absent = files.find((file) => !file.startsWith('-') && !existsSync(file));
  if (absent) throw new SetupError(`There is no file ${absent}; check the path given to npm start.`);

  const progress = new Progress(prepareSteps + 2);
  await prepare(progress);
  let runtime = readyRuntime();
  await progress.step('Electron', !runtime, async () => (runtime = await obtainRuntime()));
  if (!runtime) throw new SetupError('No Electron runtime was found; delete .cache and start again.');
  const { executable, version, reason } = runtime;
  const offScreen = !hasDisplay();
  const lacking = missingFromSystem(executable, offScreen ? ['Xvfb'] : []).length > 0;
  let obstacle;
  await progress.step('System libraries', lacking, async () => {
    obstacle = await provideSystem(executable, offScreen);
  });
  if (obstacle) return runHeadless(obstacle, files);

  checkSandbox();
  progress.say(`Electron ${version}: ${reason}.`);
  if (sandboxArguments().length > 0)
    progress.say('Started as root, so Chromium runs without its sandbox (--no-sandbox).');
  return offScreen ? reportOffScreen(executable, files) : launch(executable, files, process.env);
}

await runScript(start);
