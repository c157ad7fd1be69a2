// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunManifest } from '#shared/contract/run.ts';
import { expect, test } from './app.ts';
import { makeRun } from './made-run.ts';

const home = mkdtempSync(join(tmpdir(), 'iterscope-runs-'));
test.afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

test('a run that was interrupted is ingested on its page', async ({ start }) => {
  const recording = ['--set', 'streaming=true', '--window', '10+5', '--trace', '--set', 'iterations=400'];
  const run = makeRun(home, ...recording);
  const folder = join(home, 'data', 'runs', run.id);
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as RunManifest;
  // As the disk looks when the application was killed while the run went on.
  const { exit: _exit, captureCheck: _check, ...unseen } = manifest;
  writeFileSync(
    join(folder, 'manifest.json'),
    JSON.stringify({ ...unseen, state: 'running', artifacts: [] }),
  );
  const { page } = await start({ home });
  await page.getByRole('listitem').getByText(run.title).first().click();
  await expect(page.getByRole('status').getByText('Interrupted')).toBeVisible();
  await page.getByRole('button', { name: 'Ingest what is there' }).click();
  await expect(page.getByRole('status').getByText('Ready')).toBeVisible();
  await expect(page.getByText('Captured exactly what was asked')).toBeVisible();
  const table = page.getByRole('table', { name: 'Distributions over the requests' });
  await expect(table.getByRole('row', { name: /TTFT/ })).toContainText('ms');
  await expect(page.getByText(/ user, .* system$/)).toBeVisible();
});
