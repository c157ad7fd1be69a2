// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { dropFile, expect, test } from './app.ts';

const traces = resolve('test/fixtures/traces');
const overlap = join(traces, 'kineto-h100-overlap.json.gz');
const eager = join(traces, 'kineto-h100-eager.json.gz');

/** Makes the recipe's run a small one, so that a test takes seconds. */
async function chooseSmallRun(page: Page): Promise<void> {
  await page.getByLabel('Requests', { exact: true }).fill('64');
  await page.getByLabel('Iterations at most').fill('40');
  await page.getByLabel('Layers', { exact: true }).fill('2');
}

const figure = (page: Page, name: string) => page.getByRole('group', { name, exact: true });

test.describe('a run, by mouse', () => {
  test('is launched, watched, opened by itself, and found again', async ({ start }) => {
    const { page, app, home } = await start();
    await expect(page.getByRole('heading', { name: 'New run' })).toBeVisible();
    await chooseSmallRun(page);
    const window = page.getByLabel('Iteration window');
    await window.fill('10+5');
    const command = page.getByRole('complementary', { name: 'What will run' });
    await expect(command).toContainText('TLLM_PROFILE_START_STOP=10-14');
    await expect(command).toContainText('--layers 2');
    const perfect = page.getByRole('switch', { name: 'Perfect router' });
    await perfect.click();
    await expect(command).toContainText('ENABLE_PERFECT_ROUTER=1');
    await expect(page.getByText(/outputs? .*wrong/i).first()).toBeVisible();
    await perfect.click();
    await expect(command).not.toContainText('ENABLE_PERFECT_ROUTER');

    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(page.getByRole('tab', { name: 'Timeline' })).toHaveAttribute('aria-selected', 'true');
    await expect(figure(page, 'Iterations captured')).toContainText('5');
    await expect(page.getByRole('grid', { name: 'Iterations' })).toContainText('14');

    await page.getByRole('tab', { name: 'Overview' }).click();
    await expect(page.getByText('Captured exactly what was asked: 5 iterations on 2 ranks.')).toBeVisible();
    await expect(figure(page, 'Median captured iteration')).toContainText('iterations 10–14');
    await expect(figure(page, 'Output throughput').or(figure(page, 'Total Output Throughput'))).toContainText(
      'under a recorder',
    );
    await page.getByRole('tab', { name: 'Experts' }).click();
    await expect(page.getByRole('img', { name: /tokens per expert/i }).first()).toBeVisible();
    await expect(figure(page, 'Share of the top 8')).toContainText('8 of 32 experts');
    await page.getByRole('tab', { name: 'Log' }).click();
    // Its end is the program's report; the iteration lines are found by their text.
    await page.getByLabel('Search the log').fill('iter = ');
    await expect(page.getByRole('search').getByRole('status')).toHaveText(/^\d+ of \d+ lines$/);
    await expect(page.getByRole('log')).toContainText('iter = ');

    await app.close();
    const again = await start({ home });
    const list = again.page.getByRole('list', { name: 'Runs' });
    await list.getByText('Embedded MoE engine').first().click();
    await again.page.getByRole('tab', { name: 'Timeline' }).click();
    await expect(figure(again.page, 'Iterations captured')).toContainText('5');
  });

  test('can be cancelled, and says so', async ({ start }) => {
    const { page } = await start();
    await page.getByLabel('Requests', { exact: true }).fill('100000');
    await page.getByLabel('Iterations at most').fill('100000');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const chart = page.getByRole('region', { name: 'Iteration times' });
    await expect(chart.getByRole('img')).toBeVisible();
    // Figures follow the engine's lines while they come.
    await expect(figure(page, 'Iteration')).toContainText(/\d/);
    await expect(figure(page, 'Host step time')).toContainText(/\d ms/);
    await expect(figure(page, 'Elapsed')).toContainText(/\d:\d\d min:s/);
    await expect(figure(page, 'Time left at most')).toContainText(/\d:\d\d (min:s|h:min:s)/);
    const iteration = async (): Promise<number> =>
      Number(/\d[\d,]*/.exec(await figure(page, 'Iteration').innerText())?.[0].replaceAll(',', ''));
    const before = await iteration();
    await expect.poll(iteration).toBeGreaterThan(before);
    await expect(page.getByText(/^Iteration \d+, at most 100000$/)).toBeVisible();
    await page.getByRole('button', { name: 'Cancel run' }).click();
    await expect(page.getByText(/cancelled/i).first()).toBeVisible();
  });
});

test.describe('a run, by keyboard', () => {
  test('is launched and looked at without a mouse', async ({ start }) => {
    const { page } = await start();
    await chooseSmallRun(page);
    await page.getByLabel('Iteration window').focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('10+5');
    await expect(page.getByRole('complementary', { name: 'What will run' })).toContainText(
      'START_STOP=10-14',
    );
    await page.keyboard.press('Control+Enter');
    await expect(page.getByRole('tab', { name: 'Timeline' })).toHaveAttribute('aria-selected', 'true');
    const canvas = page.getByRole('application');
    await canvas.focus();
    await page.keyboard.press(']');
    await page.keyboard.press('ArrowRight');
    await expect(
      page
        .getByRole('complementary', { name: 'Details of the selection' })
        .or(page.getByLabel('Details of the selection')),
    ).toContainText('Kind');
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog', { name: 'Keys' })).toBeHidden();
    await page.keyboard.press('Control+N');
    await expect(page.getByRole('heading', { name: 'New run' })).toBeVisible();
  });
});

test.describe('traces from elsewhere', () => {
  test('open from the command line, with the figures of the recording', async ({ start }) => {
    const { page } = await start({ files: [overlap] });
    await expect(figure(page, 'Iterations captured')).toContainText('16');
    const grid = page.getByRole('grid', { name: 'Iterations' });
    await expect(grid).toContainText('16');
    await expect(page.getByRole('application')).toBeVisible();
  });

  test('open by the dialog', async ({ start }) => {
    const { app, page } = await start();
    await app.evaluate(({ dialog }, path) => {
      // The system's dialog cannot be driven; what it returns can.
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] });
    }, eager);
    await page.keyboard.press('Control+O');
    await expect(figure(page, 'Iterations captured')).toContainText('11');
    await page.getByRole('tab', { name: /kernels/i }).click();
    await expect(page.getByRole('grid', { name: 'Kernels and operators' })).toBeVisible();
  });

  test('open by dropping them on the window', async ({ start }) => {
    const { page } = await start();
    await dropFile(page, overlap);
    await expect(figure(page, 'Iterations captured')).toContainText('16');
  });

  test('a slice is selected by mouse, the view moves by wheel and keys', async ({ start }) => {
    const { page } = await start({ files: [overlap] });
    const canvas = page.getByRole('application');
    await expect(figure(page, 'Iterations captured')).toContainText('16');
    await canvas.focus();
    await page.keyboard.press(']');
    await page.keyboard.press('ArrowRight');
    const details = page.getByLabel('Details of the selection');
    await expect(details).toContainText('Kind');
    const before = await details.textContent();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => details.textContent()).not.toBe(before);
    for (const key of ['w', 'w', 'd', 'a', 's', 'f', 'Home', 'Escape']) await page.keyboard.press(key);
    const box = await canvas.boundingBox();
    expect(box).not.toBeNull();
    await page.mouse.move((box?.x ?? 0) + 400, (box?.y ?? 0) + 60);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -600);
    await page.keyboard.up('Control');
    await page.mouse.down();
    await page.mouse.move((box?.x ?? 0) + 300, (box?.y ?? 0) + 60, { steps: 5 });
    await page.mouse.up();
    await expect(canvas).toBeVisible();
  });
});

test.describe('bad input', () => {
  test('in a form is told at its field, and nothing starts', async ({ start }) => {
    const { app, page } = await start();
    // The smallest window that is supported: a long reason must push nothing out of it.
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1100, 700));
    const window = page.getByLabel('Iteration window');
    for (const [text, message] of [
      ['30-20', /ends at or before its start/],
      ['abc', /is not an iteration window/],
      ['5+5,8+5', /overlap/],
      ['199+10', /the run ends after/],
    ] as const) {
      await window.fill(text);
      await expect(page.getByText(message).first()).toBeVisible();
      await expect(page.getByRole('button', { name: 'Run', exact: true })).toHaveAttribute(
        'aria-disabled',
        'true',
      );
      await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeInViewport({ ratio: 1 });
    }
    await page.keyboard.press('Control+Enter');
    await expect(page.getByRole('heading', { name: 'New run' })).toBeVisible();
  });

  test('a foreign file gets a sentence, and the next one opens', async ({ start }) => {
    const { page, home } = await start();
    const notes = join(home, 'notes.json');
    writeFileSync(notes, 'shopping list');
    await dropFile(page, notes);
    await expect(page.getByText(/notes\.json.*(not|no) /).first()).toBeVisible();
    await dropFile(page, overlap);
    await expect(figure(page, 'Iterations captured')).toContainText('16');
  });

  test('a trace that was cut short opens up to the cut and says so', async ({ start }) => {
    const { home, app } = await start();
    await app.close();
    mkdirSync(home, { recursive: true });
    const cut = join(home, 'cut.json');
    copyFileSync(resolve('test/fixtures/traces/cut.json'), cut);
    const { page } = await start({ files: [cut] });
    await page.getByRole('button', { name: /warning/i }).click();
    await expect(page.getByText('truncated').first()).toBeVisible();
  });

  test('the death of the engine is told, and the trace opens again', async ({ start }) => {
    const { app, page } = await start({ files: [overlap] });
    await expect(figure(page, 'Iterations captured')).toContainText('16');
    const killed = await app.evaluate(({ app: electron }) => {
      // The network service is a utility process, too: only the engine may be hit.
      const engine = electron.getAppMetrics().find(({ name }) => name === 'Iterscope engine');
      return engine !== undefined && process.kill(engine.pid, 'SIGKILL');
    });
    expect(killed).toBe(true);
    await expect(page.getByRole('region', { name: 'Notices' })).toContainText(/engine/i);
    // Details come from the engine: only a new one can give them.
    await page.getByRole('application').focus();
    await page.keyboard.press(']');
    await page.keyboard.press('ArrowRight');
    await expect(page.getByLabel('Details of the selection')).toContainText('Kind');
    await expect(figure(page, 'Iterations captured')).toContainText('16');
  });
});

test.describe('themes', () => {
  test('light and dark are chosen and kept', async ({ start }) => {
    const { page, app, home } = await start();
    await page.getByRole('radio', { name: 'Dark theme' }).click();
    await expect(page.locator(':root')).toHaveAttribute('data-theme', 'dark');
    await page.getByRole('radio', { name: 'Light theme' }).click();
    await expect(page.locator(':root')).toHaveAttribute('data-theme', 'light');
    await app.close();
    const again = await start({ home });
    await expect(again.page.locator(':root')).toHaveAttribute('data-theme', 'light');
  });
});
