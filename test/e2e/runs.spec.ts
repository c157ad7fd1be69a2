// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunManifest } from '#shared/contract/run.ts';
import { expect, test } from './app.ts';
import { processesWith } from '../builders/processes.ts';
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

  await test.step('its log and statistics stand in the table of its iterations', async () => {
    await page.getByRole('tab', { name: 'Timeline', exact: true }).click();
    await page.getByRole('tab', { name: 'Iterations', exact: true }).click();
    const grid = page.getByRole('grid', { name: 'Iterations', exact: true });
    await expect(grid.getByRole('columnheader', { name: 'Log: host' })).toBeVisible();
    await expect(grid.getByRole('columnheader', { name: 'Stats: active' })).toBeVisible();
    await page
      .getByLabel('Filter', { exact: true })
      .fill('rank == "Rank 0" && statGen == gen && statCtx == ctx');
    await expect(page.getByRole('status', { name: 'Rows of Iterations' })).toHaveText('5 of 10');
  });
});

test('a run whose application is killed is over, found at the next start, and read', async ({ start }) => {
  const place = mkdtempSync(join(tmpdir(), 'iterscope-runs-'));
  const { app, page } = await start({ home: place });
  await page.getByLabel('Requests', { exact: true }).fill('100000');
  await page.getByLabel('Iterations at most').fill('100000');
  await page.getByLabel('Layers', { exact: true }).fill('2');
  await page.getByLabel('Iteration window').fill('10+5');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  // Both ranks have written their traces.
  await expect(page.getByRole('log', { name: 'Program output' })).toContainText('trace-rank-1.json');
  const closed = app.waitForEvent('close');
  app.process().kill('SIGKILL');
  await closed;
  await expect.poll(() => processesWith('ITERSCOPE_HOME', place)).toEqual([]);

  const { page: again } = await start({ home: place });
  await again.getByRole('list', { name: 'Runs' }).getByRole('button').click();
  await expect(again.getByRole('status').getByText('Interrupted')).toBeVisible();
  await again.getByRole('button', { name: 'Ingest what is there' }).click();
  await expect(again.getByText('Captured exactly what was asked: 5 iterations on 2 ranks.')).toBeVisible();
  // The program had not ended well: reading what it left does not make it so.
  await expect(again.getByRole('status').getByText('Interrupted')).toBeVisible();
  await again.getByRole('tab', { name: 'Log' }).click();
  await expect(again.getByRole('log', { name: 'Program output' })).toContainText('iter = ');
});
