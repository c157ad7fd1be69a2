// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { expect, test } from './app.ts';
import { problemsOf } from './axe.ts';

const twoRanks = resolve('test/fixtures/traces/nsys-two-ranks.sqlite.gz');

test('the overview of two ranks says how they differ, and leads to an iteration', async ({ start }) => {
  const { page } = await start({ files: [twoRanks] });
  const map = page.getByRole('application', { name: 'Ranks and iterations' });
  const cell = page.getByRole('status', { name: 'Cell' });

  await test.step('it has stragglers, capture check and warnings', async () => {
    await page.getByRole('tab', { name: 'Ranks', exact: true }).click();
    await expect(page.getByRole('img', { name: /^Heat map of the host window, of 2 ranks/ })).toBeVisible();
    // Both ranks of this report hold the same times, and four steps whole.
    await expect(page.getByRole('list', { name: 'Slowest ranks' })).toContainText(
      /By host window no rank is slower than the others in any of \d+ iterations/,
    );
    const figures = page.getByRole('table', { name: 'Ranks in figures' });
    await expect(figures.getByRole('columnheader', { name: 'Time p95' })).toBeVisible();
    await expect(figures.getByRole('row')).toHaveCount(1 + 2 + 1);
    await expect(figures.getByRole('row', { name: /^All ranks/ })).toContainText('ms');
    const capture = page.getByRole('table', { name: 'Capture check' });
    await expect(capture.getByRole('row', { name: /^Rank 0/ })).toContainText('steps');
    await expect(capture.getByRole('row', { name: /^Rank 1/ })).toContainText('steps');
    await expect(page.getByRole('table', { name: 'Warnings' })).toContainText('What to do');
    expect(await problemsOf(page)).toEqual([]);
  });

  await test.step('a cell is chosen by keyboard, and Enter leads there', async () => {
    await map.focus();
    await page.keyboard.press('ArrowDown');
    await expect(cell).toHaveText(/^Rank 0, iteration 16: host window/);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await expect(cell).toHaveText(/^Rank 1, iteration 17: host window/);
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'Iterations', exact: true }).click();
    const selected = page.getByRole('grid', { name: 'Iterations' }).getByRole('row', { selected: true });
    await expect(selected.first()).toContainText('17');
  });

  await test.step('a cell is clicked, of idle time', async () => {
    await page.getByRole('tab', { name: 'Ranks', exact: true }).click();
    await page.getByRole('radio', { name: 'Idle' }).click();
    const chart = page.getByRole('img', { name: /^Heat map of the GPU idle/ });
    const box = await chart.boundingBox();
    if (box === null) throw new Error('the heat map has no place');
    await chart.click({ position: { x: box.width / 6, y: 4 + 11 } });
    await expect(cell).toHaveText(/^Rank 0, iteration \d+: GPU idle \d/);
    const iteration = /iteration (\d+)/.exec((await cell.textContent()) ?? '')?.[1] ?? 'none';
    await page.getByRole('tab', { name: 'Iterations', exact: true }).click();
    const selected = page.getByRole('grid', { name: 'Iterations' }).getByRole('row', { selected: true });
    await expect(selected.first()).toContainText(iteration);
  });
});
