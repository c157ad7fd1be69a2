// SPDX-License-Identifier: Apache-2.0
// npm run test:nsys: the Nsight pass with the real nsys. Apart from npm test, since it needs a program that is not ours:
// where there is none and none can be had, one line says so. The last line is `N passed, N failed`, as npm test's.
import { countVitest } from './lib/gates.mjs';
import { provideNsight } from './lib/nsight.mjs';
import { inRoot } from './lib/paths.mjs';
import { run, runScript } from './lib/process.mjs';
import { Progress } from './lib/progress.mjs';
import { prepare, prepareSteps } from './lib/setup.mjs';

const report = inRoot('out', 'test', 'nsys.json');

await runScript(async () => {
  const nsight = await provideNsight();
  if ('skip' in nsight) {
    process.stdout.write(`skipped nsys (${nsight.skip})\n0 passed, 0 failed\n`);
    return 0;
  }
  await prepare(new Progress(prepareSteps), { keepTypings: true });
  const args = ['run', '--config', 'vitest.nsys.config.mjs', '--reporter=default', '--reporter=json'];
  const { code, output } = await run(
    inRoot('node_modules', '.bin', 'vitest'),
    [...args, `--outputFile.json=${report}`],
    { env: { ...process.env, PATH: nsight.path, NO_COLOR: '1' } },
  );
  const { passed, failed } = countVitest(report);
  if (code !== 0) process.stdout.write(`${output.trimEnd()}\n`);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return code === 0 && passed > 0 ? 0 : 1;
});
