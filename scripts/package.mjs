// SPDX-License-Identifier: Apache-2.0
// npm run package [-- dir tar.gz zip]: the application as something to install, in out/package.
import { Progress } from './lib/progress.mjs';
import { inRoot } from './lib/paths.mjs';
import { runAttached } from './lib/process.mjs';
import { obtainRuntime } from './lib/runtime.mjs';
import { prepare, prepareSteps, runScript } from './lib/setup.mjs';

await runScript(async () => {
  const progress = new Progress(prepareSteps);
  await prepare(progress);
  const { version, folder, reason } = await obtainRuntime();
  progress.say(`Electron ${version}: ${reason}.`);
  const targets = process.argv.slice(2);
  const platform = targets.length > 0 && process.platform === 'linux' ? ['--linux', ...targets] : targets;
  const runtime = [`-c.electronVersion=${version}`, `-c.electronDist=${folder}`];
  return runAttached(inRoot('node_modules', '.bin', 'electron-builder'), [
    ...platform,
    ...runtime,
    '--publish=never',
  ]);
});
