// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './app.ts';
import { problemsOf } from './axe.ts';
import { makeRun } from './made-run.ts';

/** The command palette by keyboard alone, and the window of iterations that a run's views share. */

const palette = (page: Page) => page.getByRole('dialog', { name: 'Commands' });
const field = (page: Page) => page.getByRole('combobox', { name: /^Find a command/ });
const active = (page: Page) => palette(page).getByRole('option', { selected: true });

/** Where a test wants pictures for a human eye, it is told a folder. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['ITERSCOPE_PICTURES'];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) });
}

async function choose(page: Page, typed: string, expected: string | RegExp): Promise<void> {
  await page.keyboard.press('Control+K');
  await expect(field(page)).toBeFocused();
  await page.keyboard.type(typed);
  await expect(active(page)).toContainText(expected);
  await page.keyboard.press('Enter');
  await expect(palette(page)).toBeHidden();
}

test('commands are found by words, and a run’s views share a window of iterations', async ({ start }) => {
  const home = mkdtempSync(join(tmpdir(), 'iterscope-e2e-'));
  const run = makeRun(home, '--window', '5+5', '--trace', '--expert-statistics');
  const { page } = await start({ home });
  await expect(page.getByRole('heading', { name: 'Recent runs' })).toBeVisible();
  await expect(page.getByRole('listitem').getByText(run.title).first()).toBeVisible();

  await test.step('opens anywhere, closes by Escape, and gives the focus back', async () => {
    await page.keyboard.press('Control+N');
    await page.keyboard.press('Tab');
    const before = await page.evaluate(() => document.activeElement?.outerHTML);
    await page.keyboard.press('Control+K');
    await expect(field(page)).toBeFocused();
    await expect(field(page)).toHaveAttribute('aria-expanded', 'true');
    await page.keyboard.press('Escape');
    await expect(palette(page)).toBeHidden();
    await expect.poll(() => page.evaluate(() => document.activeElement?.outerHTML)).toBe(before);
  });

  await test.step('is free of what axe finds in both themes, which it switches', async () => {
    for (const theme of ['light', 'dark']) {
      await choose(page, `theme ${theme}`, new RegExp(`${theme} theme`, 'i'));
      await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
      await page.keyboard.press('Control+K');
      await expect(field(page)).toBeFocused();
      await picture(page, `palette-${theme}`);
      expect(await problemsOf(page)).toEqual([]);
      await page.keyboard.press('Control+K');
      await expect(palette(page)).toBeHidden();
    }
  });

  await test.step('begins with what was used last; arrows go round', async () => {
    await page.keyboard.press('Control+K');
    await expect(active(page)).toContainText('Dark theme');
    const count = await palette(page).getByRole('option').count();
    await page.keyboard.press('ArrowUp');
    await expect(active(page)).toHaveAttribute('id', `palette-option-${count - 1}`);
    await page.keyboard.press('ArrowDown');
    await expect(active(page)).toContainText('Dark theme');
    await page.keyboard.type('nothing has this name');
    await expect(palette(page).getByRole('option')).toHaveCount(0);
    await expect(page.getByText(/^Nothing is called that here/)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(palette(page)).toBeHidden();
  });

  await test.step('leads to another dialog, over which it never opens', async () => {
    await choose(page, 'all keys', 'Show all keys');
    const keys = page.getByRole('dialog', { name: 'Keys' });
    await expect(keys).toContainText('Find a command, a run or opened files');
    await page.keyboard.press('Control+K');
    await expect(palette(page)).toBeHidden();
    await expect(keys).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(keys).toBeHidden();
  });

  await test.step('a run is found by its title, its views and timeline by their words', async () => {
    await choose(page, 'light theme', 'Light theme');
    await choose(page, run.title, run.title);
    await choose(page, 'show timeline', 'Show Timeline');
    await expect(page.getByRole('grid', { name: 'Iterations' })).toContainText('5');
    await choose(page, 'next iteration', 'Next iteration');
    await expect(page.getByRole('application', { name: /timeline/i })).toBeFocused();
  });

  const window = page.getByRole('textbox', { name: 'Window', exact: true });
  const first = page.getByLabel('First iteration');
  const last = page.getByLabel('Last iteration');

  await test.step('iterations chosen on the timeline are those of the experts', async () => {
    await window.fill('6-7');
    await choose(page, 'show experts', 'Show Experts');
    await expect(first).toHaveValue('6');
    await expect(last).toHaveValue('7');
    await picture(page, 'shared-experts');
  });

  await test.step('iterations chosen among the experts are those of the timeline', async () => {
    await last.fill('8');
    await choose(page, 'show timeline', 'Show Timeline');
    await expect(window).toHaveValue('6-8');
    await picture(page, 'shared-timeline');
    await page.getByRole('button', { name: 'All iterations' }).press('Enter');
    await expect(window).toHaveValue('');
    await choose(page, 'show experts', 'Show Experts');
    await expect(first).toHaveValue('5');
    await expect(last).toHaveValue('9');
    await expect(page.getByRole('button', { name: 'All iterations' })).toBeHidden();
  });

  await test.step('a window that the statistics hold only in part says so', async () => {
    await choose(page, 'show timeline', 'Show Timeline');
    await window.fill('8-30');
    await choose(page, 'show experts', 'Show Experts');
    await expect(
      page.getByText('Of the chosen iterations 8 to 30 the statistics hold 8 to 9.'),
    ).toBeVisible();
    await page.getByRole('button', { name: 'All iterations' }).press('Enter');
    await expect(first).toHaveValue('5');
  });
});
