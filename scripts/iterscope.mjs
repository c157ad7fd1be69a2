// SPDX-License-Identifier: Apache-2.0
// npm run -s iterscope -- …: the command-line interface. Standard output is its alone; the set-up speaks
// on standard error, and only when there is something to do.
import { inRoot } from './lib/paths.mjs';
import { runAttached, runScript } from './lib/process.mjs';
import { Progress } from './lib/progress.mjs';
import { prepare, prepareSteps } from './lib/setup.mjs';

await runScript(async () => {
  await prepare(new Progress(prepareSteps, { stream: process.stderr, quiet: true }));
  const cwd = process.env.INIT_CWD ?? process.cwd();
  return runAttached(process.execPath, [inRoot('dist/cli/index.js'), ...process.argv.slice(2)], { cwd });
});
