// SPDX-License-Identifier: Apache-2.0
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expect, startApplication, test, type Application } from './app.ts';

/** Counters, moments and arrows on the timeline of a small trace, in one application. */

let application: Application;
let page: Page;
let canvas: Locator;
let rows: Locator;
let said: Locator;
let details: Locator;

test.beforeAll(async () => {
  application = await startApplication({ files: [resolve('test/fixtures/traces/points.json')] });
  page = application.page;
  canvas = page.getByRole('application', { name: /^Timeline/ });
  rows = page.getByRole('list', { name: 'Rows of the timeline' }).getByRole('listitem');
  said = page.getByTestId('timeline-announcement');
  details = page.getByLabel('Details of the selection');
  await expect(rows).toHaveText([
    /^server · process 1, 2 tracks, 2 counters, expanded$/,
    'scheduler',
    'worker',
    'queue: running, 0 to 3',
    'queue: waiting, 0 to 10',
  ]);
});

test.afterAll(async () => {
  await application.app.close().catch(() => undefined);
  rmSync(application.home, { recursive: true, force: true });
});

test('a counter says its value under the pointer', async () => {
  const box = await canvas.boundingBox();
  if (box === null) throw new Error('the timeline is not there');
  const tip = page.locator('.timeline__tooltip');
  // Header, two tracks of one level, and the middle of the first counter.
  await page.mouse.move(box.x + box.width - 40, box.y + 84 + 22 + 25 + 25 + 20);
  await expect(tip).toContainText('queue: running');
  await expect(tip).toContainText(/^queue: running\d$/);
});

test('moments are reached by keys and tell all that is known of them', async () => {
  await canvas.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+I');
  await expect(said).toHaveText(/^cache miss \d, moment at /);
  await expect(details.getByRole('heading', { name: /^cache miss \d$/ })).toBeVisible();
  await expect(details.getByRole('table', { name: 'Arguments' })).toContainText('block');
  await page.keyboard.press('Escape');
  await expect(details.getByRole('heading', { name: /^cache miss/ })).toHaveCount(0);
});

test('arrows of the trace are listed, and lead from slice to slice', async () => {
  await page.keyboard.press('Control+f');
  await page.getByLabel('Search names and kinds').fill('forward');
  await page.keyboard.press('Enter');
  await expect(details.getByRole('heading', { level: 2 })).toHaveText('forward');
  await page.keyboard.press('Escape');
  const out = details.getByText('Flows out', { exact: true }).locator('../..');
  await expect(out.getByRole('button', { name: /backward.*fwdbwd/ })).toBeVisible();
  await out.getByRole('button', { name: /backward.*fwdbwd/ }).click();
  await expect(details.getByRole('heading', { level: 2 })).toHaveText('backward');
  await expect(details.getByText('Flows in', { exact: true })).toBeVisible();
});
