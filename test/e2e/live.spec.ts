// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { compileFakeNvml } from '../builders/nvml.ts';
import { makeNoisyApp } from '../builders/noisy-app.mjs';
import { expect, test } from './app.ts';

const folder = mkdtempSync(join(tmpdir(), 'iterscope-live-'));
const appFolder = join(folder, 'app');
const driver = join(folder, 'driver');

test.beforeAll(() => {
  mkdirSync(appFolder);
  mkdirSync(driver);
  makeNoisyApp(resolve('.'), appFolder);
  compileFakeNvml(driver);
});
test.afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const startRun = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: /New run/ }).click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
};
const log = (page: Page) => page.getByRole('log', { name: 'Program output' });
const searchStatus = (page: Page) => page.getByRole('search').getByRole('status');

/** Whether the program of the only run in a home lives, by its supervisor's journal. */
function isProgramAlive(home: string): boolean {
  const runs = join(home, 'data', 'runs');
  const [id = ''] = readdirSync(runs);
  const [first = ''] = readFileSync(join(runs, id, 'supervisor.jsonl'), 'utf8').split('\n');
  const { pid } = JSON.parse(first) as { pid: number };
  return existsSync(`/proc/${pid.toString()}`);
}

test.describe('a living run', () => {
  test('is read, searched, watched and cancelled', async ({ start }) => {
    const { app, page } = await start({ appFolder, env: { LD_LIBRARY_PATH: driver } });
    await page.getByRole('radio', { name: 'Dark theme' }).click();
    await app.evaluate(({ clipboard }) => {
      clipboard.writeText('mine');
    });
    await startRun(page);

    await test.step('the log has colours, rewritten lines and marked errors', async () => {
      await expect(log(page)).toContainText('bar ');
      await expect(log(page)).toContainText('▎a warning on the error output');
      await expect(log(page)).toContainText('loading 100 %');
      await expect(log(page)).not.toContainText('loading 55 %');
      const green = log(page).getByText('green words');
      const good = await page
        .locator(':root')
        .evaluate((root) => getComputedStyle(root).getPropertyValue('--good'));
      const [red = '', greenPart = '', blue = ''] = good.trim().match(/[\da-f]{2}/gi) ?? [];
      const rgb = [red, greenPart, blue].map((hex) => Number.parseInt(hex, 16).toString());
      await expect(green).toHaveCSS('color', `rgb(${rgb.join(', ')})`);
    });

    await test.step('what a program asks of a terminal does nothing outside it', async () => {
      await expect(log(page)).toContainText('still here');
      // Rows are drawn anew all the time: the place is clicked, not the element.
      const box = await log(page).getByText('a link').boundingBox();
      await page.mouse.click((box?.x ?? 0) + 8, (box?.y ?? 0) + 8);
      const outside = await app.evaluate(({ BrowserWindow, clipboard }) => ({
        windows: BrowserWindow.getAllWindows().map((window) => window.getTitle()),
        clipboard: clipboard.readText(),
      }));
      expect(outside).toEqual({ windows: ['Iterscope'], clipboard: 'mine' });
      await expect(page).toHaveTitle('Iterscope');
    });

    await test.step('scrolling up pauses, the end follows again', async () => {
      const follow = page.getByRole('switch', { name: 'Follow' });
      await expect(follow).toBeChecked();
      await log(page).hover();
      await page.mouse.wheel(0, -400);
      await expect(follow).not.toBeChecked();
      await log(page).click();
      await page.keyboard.press('End');
      await expect(follow).toBeChecked();
      await page.keyboard.press('Home');
      await expect(log(page)).toContainText('plain line 0');
      await expect(follow).not.toBeChecked();
    });

    await test.step('a search goes through the whole log', async () => {
      await page.keyboard.press('Control+F');
      await page.keyboard.type('needle');
      await expect(searchStatus(page)).toHaveText('1 of 3 lines');
      await expect(log(page)).toContainText('plain line 5000 needle');
      await page.keyboard.press('Enter');
      await expect(searchStatus(page)).toHaveText('2 of 3 lines');
      await expect(log(page)).toContainText('plain line 15000 needle');
      await page.keyboard.press('Shift+Enter');
      await page.keyboard.press('Shift+Enter');
      await expect(searchStatus(page)).toHaveText('3 of 3 lines');
      await expect(log(page)).toContainText('plain line 25000 needle');
      await page.getByLabel('Search the log').fill('');
      await expect(searchStatus(page)).toHaveText('');
    });

    await test.step('host, run and GPUs are shown with their units', async () => {
      const telemetry = page.getByRole('region', { name: 'Telemetry' });
      for (const text of [
        'Processors',
        'GiB',
        'GPU power',
        '613 W',
        'GPU 0: Test GPU 80GB',
        'slowed by power limit',
      ]) {
        await expect(telemetry).toContainText(text);
      }
      await expect(telemetry.getByRole('img', { name: /^Memory over time/ })).toBeVisible();
    });

    await test.step('other runs wait in a queue that can be reordered', async () => {
      await startRun(page);
      await page.getByRole('button', { name: /New run/ }).click();
      await page.getByLabel('Mode').selectOption('steady');
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      const queue = page.getByRole('list', { name: 'Queue' });
      await expect(queue.getByRole('listitem')).toHaveCount(2);
      // Both have the same title: what differs, and when they were asked for, tells them apart.
      await expect(queue.getByRole('listitem').nth(0)).toContainText(
        /trace 20\+10 · asked for at \d\d:\d\d:\d\d · …/,
      );
      await expect(queue.getByRole('listitem').nth(1)).toContainText(
        /trace 20\+10, mode steady · asked for at \d\d:\d\d:\d\d · …/,
      );
      await expect(queue.getByRole('listitem').nth(1)).toHaveAttribute('aria-current', 'true');
      await queue.getByRole('button', { name: 'Run earlier' }).nth(1).click();
      await expect(queue.getByRole('listitem').nth(0)).toHaveAttribute('aria-current', 'true');
      await queue.getByRole('button', { name: 'Remove' }).nth(1).click();
      await expect(queue.getByRole('listitem')).toHaveCount(1);
      await queue.getByRole('button', { name: 'Remove' }).click();
      await expect(page.getByText(/^Cancelled$/).first()).toBeVisible();
    });

    await test.step('a key cancels; log and telemetry stay', async () => {
      await page
        .getByRole('list', { name: 'Runs' })
        .getByRole('button', { name: /Running/ })
        .click();
      await page.keyboard.press('Control+.');
      await expect(page.getByRole('tab', { name: 'Overview' })).toHaveAttribute('aria-selected', 'true');
      await expect(page.getByRole('region', { name: 'Telemetry' }).first()).toContainText('GPU power');
      await page.getByRole('tab', { name: 'Log' }).click();
      await expect(log(page)).toContainText('a warning on the error output');
    });
  });

  test('holds the application until the user says so', async ({ start }) => {
    const { app, page, home } = await start({ appFolder });
    await startRun(page);
    await expect(log(page)).toContainText('bar ');
    const answer = (response: number): Promise<void> =>
      app.evaluate(({ dialog, BrowserWindow }, chosen) => {
        // The system's dialog cannot be driven; what it returns can.
        dialog.showMessageBox = () => Promise.resolve({ response: chosen, checkboxChecked: false });
        BrowserWindow.getAllWindows()[0]?.close();
      }, response);
    await answer(0);
    await expect(log(page)).toContainText('bar ');
    expect(isProgramAlive(home)).toBe(true);
    const closed = app.waitForEvent('close');
    await answer(1).catch(() => undefined);
    await closed;
    expect(isProgramAlive(home)).toBe(false);
  });

  test('is told by the desktop when it ends, unless that is switched off', async ({ start }) => {
    const { app, page } = await start({ appFolder });
    await app.evaluate(({ BrowserWindow, Notification }) => {
      const shown: string[] = [];
      (globalThis as { shown?: string[] }).shown = shown;
      Notification.isSupported = () => true;
      Notification.prototype.show = function show(this: Electron.Notification) {
        shown.push(this.title);
      };
      for (const window of BrowserWindow.getAllWindows()) window.isFocused = () => false;
    });
    const shown = (): Promise<string[]> =>
      app.evaluate(() => (globalThis as { shown?: string[] }).shown ?? []);
    await startRun(page);
    await expect(log(page)).toContainText('bar ');
    await page.keyboard.press('Control+.');
    await expect.poll(shown).toEqual(['The run was cancelled']);

    await page.keyboard.press('Control+,');
    await page.getByRole('switch', { name: 'Tell when a run has ended' }).click();
    await startRun(page);
    await expect(log(page)).toContainText('bar ');
    await page.keyboard.press('Control+.');
    await expect(page.getByRole('tab', { name: 'Overview' })).toHaveAttribute('aria-selected', 'true');
    expect(await shown()).toEqual(['The run was cancelled']);
  });
});
