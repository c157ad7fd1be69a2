// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeRanks } from '../builders/ranks.ts';
import { expect, test } from './app.ts';
import { problemsOf } from './axe.ts';

const RANKS = 100;

test('fifty thousand iterations are one readable picture, and can be walked through', async ({ start }) => {
  const folder = mkdtempSync(join(tmpdir(), 'iterscope-ranks-'));
  try {
    const [file = ''] = writeRanks(folder, { ranks: 1, iterations: 50_000, kernels: 1, slowRank: 0 });
    const { page } = await start({ files: [file] });
    const chart = page.getByRole('img', {
      name: /^Composition of 50000 windows: .* Lines show GC and GIL waiting\./,
    });
    await expect(chart).toBeVisible({ timeout: 20_000 });
    await expect(page.getByText('Median GPU window of 125 iterations')).toBeVisible();
    const rows = page.getByRole('status', { name: 'Rows of Iterations' });
    await expect(rows).toHaveText('50,000');
    await page.getByLabel('Filter', { exact: true }).fill('gc > 0 && gilWait > 0');
    await expect(rows).toHaveText('100 of 50,000');
    await page.getByRole('application', { name: /^Timeline/ }).focus();
    await page.keyboard.press(']');
    await expect(page.getByTestId('timeline-announcement')).toHaveText(/^Iteration \d+, generation/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a job of a hundred ranks opens as one set, its ranks first', async ({ start }) => {
  const folder = mkdtempSync(join(tmpdir(), 'iterscope-ranks-'));
  try {
    writeRanks(folder, { ranks: RANKS, iterations: 10, kernels: 66, slowRank: 42 });
    const { page } = await start({ files: [folder] });

    await test.step('what is still to be read is said in a few lines', async () => {
      await expect(page.getByRole('tab', { name: 'Ranks', exact: true, selected: true })).toBeVisible();
      await expect(page.getByRole('list', { name: 'Traces that are not open' })).toHaveCount(0);
    });

    await test.step('all ranks are in the heat map, and the slow one is named', async () => {
      await expect(page.getByRole('img', { name: /^Heat map of .*, of 100 ranks/ })).toBeVisible();
      await expect(page.getByRole('list', { name: 'Slowest ranks' })).toContainText('Rank 42');
      await expect(page.getByRole('table', { name: 'Capture check' }).getByRole('row')).toHaveCount(
        RANKS + 1,
      );
    });

    await test.step('the timeline has a row for each, the first one open', async () => {
      const rows = page.getByRole('list', { name: 'Rows of the timeline' }).getByRole('listitem');
      await expect(rows.filter({ hasText: /^Rank \d+, 2 tracks, collapsed$/ })).toHaveCount(RANKS - 1);
      await expect(rows.first()).toHaveText('Rank 0, 2 tracks, expanded');
      expect(await problemsOf(page)).toEqual([]);
    });

    await test.step('the slices of a name are compared over all ranks', async () => {
      await page.getByRole('application', { name: /^Timeline/ }).focus();
      await page.keyboard.press('ArrowRight');
      await page.getByRole('button', { name: 'In each of 100 traces' }).click();
      const table = page.getByRole('table', { name: 'Slices of this name in each trace' });
      await expect(table.getByRole('row')).toHaveCount(RANKS + 1);
      await expect(table.getByRole('row', { name: /^Rank 42 / })).toContainText(/ [mµ]?s$/);
      await expect(page.getByText(/ in all, .*; medians from .* \(Rank \d+\)\.$/)).toBeVisible();
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
