// SPDX-License-Identifier: Apache-2.0
// npm run package [-- dir tar.gz zip]: the application as something to install, in out/package.
import { cpSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { Progress } from './lib/progress.mjs';
import { inRoot } from './lib/paths.mjs';
import { runAttached, runScript } from './lib/process.mjs';
import { obtainRuntime } from './lib/runtime.mjs';
import { prepare, prepareSteps } from './lib/setup.mjs';

const packagingRuntime = inRoot('out', 'package-runtime');

/**
 * Copies a runtime, so that the fuses set in the package cannot reach the one that npm start uses. What
 * loads an application named on the command line stays behind: a package holds its own.
 * @param {string} folder
 */
function copyRuntime(folder) {
  rmSync(packagingRuntime, { recursive: true, force: true });
  cpSync(folder, packagingRuntime, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => basename(path) !== 'default_app.asar',
  });
}

await runScript(async () => {
  const progress = new Progress(prepareSteps + 1);
  await prepare(progress);
  const { version, folder, reason } = await obtainRuntime();
  await progress.step('Runtime to package', true, () => copyRuntime(folder));
  progress.say(`Electron ${version}: ${reason}.`);
  const targets = process.argv.slice(2);
  const platform = targets.length > 0 && process.platform === 'linux' ? ['--linux', ...targets] : targets;
  const runtime = [`-c.electronVersion=${version}`, `-c.electronDist=${packagingRuntime}`];
  const builder = inRoot('node_modules', '.bin', 'electron-builder');
  const code = await runAttached(builder, [...platform, ...runtime, '--publish=never']);
  rmSync(packagingRuntime, { recursive: true, force: true });
  return code;
});
