// SPDX-License-Identifier: Apache-2.0
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { LaunchForm } from '#shared/contract/launch.ts';
import { defaultForm } from '#main/launch/default-form.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { makeServices, runToEnd, type TestServices } from '../builders/services.ts';

/** The PyTorch workload, by its own tests and as a recipe. Most of it needs no PyTorch. */

const folder = temporaryFolder();
const open: TestServices[] = [];
const hasPython =
  spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']).status === 0;
const hasTorch = spawnSync('python3', ['-c', 'import torch']).status === 0;
/** A small load on the CPU. */
const small = {
  preset: 'tiny',
  device: 'cpu',
  requests: 40,
  'input-len': 16,
  'output-len': 8,
  'max-batch': 8,
  'max-tokens': 64,
};

afterEach(async () => {
  for (const made of open.splice(0)) {
    await made.runs.close();
    made.engine.close();
  }
});

async function formFor(
  app: TestServices,
  parameters: LaunchForm['parameters'],
  changes: Partial<LaunchForm> = {},
): Promise<LaunchForm> {
  const form = defaultForm(await app.recipes.get('torch-moe'));
  return { ...form, ...changes, parameters: { ...form.parameters, ...small, ...parameters } };
}

function services(environment: Record<string, string> = {}): TestServices {
  const made = makeServices(folder(), environment);
  open.push(made);
  return made;
}

describe.runIf(hasPython)('the PyTorch workload', () => {
  test.each(['test_rules.py', 'test_engine.py'])('passes its own tests: %s', { timeout: 120_000 }, (file) => {
    const { status, stderr } = spawnSync('python3', [join('test', 'workloads', file)], { encoding: 'utf8' });
    expect(stderr).toMatch(/^Ran \d+ tests? in/m);
    expect(status, stderr).toBe(0);
  });

  test('as a recipe, where PyTorch is missing, fails with what to do', async () => {
    const without = join(folder(), 'modules');
    mkdirSync(without, { recursive: true });
    writeFileSync(join(without, 'torch.py'), "raise ImportError('No module named torch')\n");
    const app = services({ PYTHONPATH: without });
    const run = await runToEnd(app, await formFor(app, {}));
    expect(run).toMatchObject({ state: 'failed', exit: { code: 2 } });
    const log = execFileSync('cat', [app.library.logOf(run.id, 'stderr')], { encoding: 'utf8' });
    expect(log).toContain('PyTorch cannot be loaded by');
  });

  test.runIf(hasTorch)(
    'as a recipe records its window, its trace and its experts',
    { timeout: 60_000 },
    async () => {
      const app = services({ OMP_NUM_THREADS: '1' });
      const form = await formFor(app, {}, { window: '4+3', torchTrace: true, expertStatistics: true });
      const run = await runToEnd(app, form);
      expect(run.failure).toBeUndefined();
      expect(run).toMatchObject({
        state: 'ready',
        captureCheck: { complete: true, found: [{ first: 4, count: 3 }] },
      });
      expect(run.figures.map(({ label }) => label)).toContain('Output throughput');
    },
  );
});
