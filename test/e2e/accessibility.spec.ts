// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './app.ts';
import { problemsOf } from './axe.ts';
import { makeRun } from './made-run.ts';

const recording = resolve('test/fixtures/traces/kineto-h100-overlap.json.gz');

/** How to get to each screen, and what says that it is there. */
const screens: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  launcher: async (page) => {
    await page.getByRole('button', { name: /New run/ }).click();
    await expect(page.getByRole('heading', { name: 'New run' })).toBeVisible();
  },
  settings: async (page) => {
    await page.keyboard.press('Control+,');
    await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible();
  },
  'overview of a run': async (page) => {
    const runs = page.getByRole('list', { name: 'Runs' });
    await runs.getByRole('button').first().click();
    await page.getByRole('tab', { name: 'Overview' }).click();
    await expect(page.getByRole('tab', { name: 'Overview' })).toHaveAttribute('aria-selected', 'true');
    await expect(page.getByText(/Captured exactly what was asked/)).toBeVisible();
  },
  'timeline of a run': async (page) => {
    await page.getByRole('tab', { name: 'Timeline' }).click();
    await expect(page.getByRole('grid', { name: 'Iterations' })).toBeVisible();
  },
  'experts of a run': async (page) => {
    await page.getByRole('tab', { name: 'Experts' }).click();
    await expect(page.getByRole('img', { name: /tokens per expert/i }).first()).toBeVisible();
  },
  'log of a run': async (page) => {
    await page.getByRole('tab', { name: 'Log' }).click();
    await expect(page.getByRole('log')).toContainText('WORLD + RUNTIME INFORMATION');
  },
  'a recording': async (page) => {
    await page.getByRole('list', { name: 'Opened files' }).getByRole('button').first().click();
    await expect(page.getByRole('grid', { name: 'Iterations' })).toContainText('31');
  },
};

test('every screen is free of what axe finds, in both themes', async ({ start }) => {
  const home = mkdtempSync(join(tmpdir(), 'iterscope-e2e-'));
  makeRun(home, '--window', '5+5', '--trace', '--expert-statistics');
  const { page } = await start({ home, files: [recording] });
  for (const theme of ['Dark theme', 'Light theme']) {
    await page.getByRole('radio', { name: theme }).click();
    for (const [name, open] of Object.entries(screens)) {
      await test.step(`${name}, ${theme}`, async () => {
        await open(page);
        expect.soft(await problemsOf(page), `${name}, ${theme}`).toEqual([]);
      });
    }
  }
});
