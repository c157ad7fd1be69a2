// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { dropFile, expect, test } from './app.ts';

const traces = resolve('test/fixtures/traces');
const gil = `${traces}/nsys-h100-gil-lossy.sqlite.gz`;
const twoRanks = `${traces}/nsys-two-ranks.sqlite.gz`;

const figure = (page: Page, name: string): Locator => page.getByRole('group', { name, exact: true });

test('reports of Nsight Systems open from the command line and by a drop, and say what is missing', async ({
  start,
}) => {
  const { page } = await start({ files: [gil] });
  await test.step('a lossy report shows its steps, the global lock, and what its recorder said', async () => {
    await expect(figure(page, 'Iterations captured')).toContainText('8');
    await expect(page.getByText('incomplete from 31')).toBeVisible();
    const table = page.getByRole('grid', { name: 'Iterations' });
    await expect(table.getByRole('columnheader', { name: 'GIL held' })).toBeVisible();
    await expect(table.getByText('empty', { exact: true })).toHaveCount(5);
    await page.getByRole('button', { name: '2 warnings' }).click();
    const warnings = page.getByRole('dialog');
    await expect(warnings.getByText(/^Incomplete from step 31: 5 of 8 steps/)).toBeVisible();
    await expect(warnings.getByText(/Unknown runtime API function index: 468/)).toBeVisible();
    await page.keyboard.press('Escape');
  });
  await test.step('a report of two processes becomes two ranks on one clock', async () => {
    await dropFile(page, twoRanks);
    await expect(page.getByText('aligned by wall clock')).toBeVisible();
    await page.getByRole('tab', { name: 'Iterations', exact: true }).filter({ visible: true }).click();
    const table = page.getByRole('grid', { name: 'Iterations' }).filter({ visible: true });
    await expect(table.getByText('Rank 1', { exact: true }).first()).toBeVisible();
    await page.getByRole('radio', { name: 'Iteration 16' }).click();
    await expect(page.getByText('aligned by iteration 16')).toBeVisible();
  });
});
