// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { startApplication, type Application } from './app.ts';

/** What leaves the timeline as a file, in one application. */

const overlap = resolve('test/fixtures/traces/kineto-h100-overlap.json.gz');
let application: Application;
let page: Page;
let folder: string;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'iterscope-export-'));
  application = await startApplication({ files: [overlap], home: join(folder, 'home') });
  ({ page } = application);
  await expect(page.getByRole('application', { name: /^Timeline/ })).toBeVisible();
});

test.afterAll(async () => {
  await application.app.close().catch(() => undefined);
  rmSync(folder, { recursive: true, force: true });
});

const dialog = () => page.getByRole('dialog', { name: 'Export a part of the trace' });

async function openDialog(): Promise<void> {
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('menuitem', { name: /^Export shown window/ }).click();
  await expect(dialog()).toBeVisible();
}

/** Where a test wants pictures for a human eye, it is told a folder. */
async function picture(name: string): Promise<void> {
  const pictures = process.env['ITERSCOPE_PICTURES'];
  if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}.png`) });
}

/** Answers the next save dialog, and tells what was proposed. */
async function answerSave(name: string): Promise<string> {
  const path = join(folder, name);
  await application.app.evaluate(({ dialog: system }, filePath) => {
    system.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, path);
  return path;
}

interface Chrome {
  readonly traceEvents: readonly { readonly ph: string; readonly ts: number; readonly dur: number }[];
}

test('the shown window leaves as a smaller trace', async () => {
  const canvas = page.getByRole('application', { name: /^Timeline/ });
  await canvas.focus();
  for (const key of ['w', 'w', 'w']) await page.keyboard.press(key);
  const path = await answerSave('window.json');
  await openDialog();
  await expect(dialog().getByLabel('Part')).toHaveValue('shown');
  await picture('export-dialog');
  await dialog().getByRole('button', { name: 'Export…' }).click();
  await expect(page.getByText(/Written to .*window\.json: [\d,]+ slices/)).toBeVisible();
  const { traceEvents } = JSON.parse(readFileSync(path, 'utf8')) as Chrome;
  const slices = traceEvents.filter(({ ph }) => ph === 'X');
  expect(slices.length).toBeGreaterThan(0);
  // 10,404 slices are in the whole trace.
  expect(slices.length).toBeLessThan(10_404);
});

test('a selected window of iterations leaves as a table, asked for by the palette', async () => {
  const path = await answerSave('slices.csv');
  await page
    .getByRole('region', { name: 'Composition of iterations' })
    .getByRole('textbox', { name: 'Window' })
    .fill('20-21');
  await page.keyboard.press('Control+K');
  await page.getByRole('combobox', { name: /^Find a command/ }).fill('Export shown window');
  await page.keyboard.press('Enter');
  await dialog().getByLabel('Part').selectOption('iterations');
  await dialog().getByLabel('As').selectOption('slices');
  await picture('export-dialog-table');
  await dialog().getByRole('button', { name: 'Export…' }).click();
  await expect(page.getByText(/Written to .*slices\.csv: /)).toBeVisible();
  const [head, ...rows] = readFileSync(path, 'utf8').trimEnd().split('\n');
  expect(head).toBe('row,start_ns,dur_ns,kind,category,name,process,thread,device,stream,lane,correlation');
  expect(rows.some((row) => row.includes(',kernel,'))).toBe(true);
});

test('a place that cannot be written to is told, and leaves nothing', async () => {
  await answerSave('no-such-folder/window.parquet');
  await openDialog();
  await dialog().getByLabel('As').selectOption('iterations');
  await dialog().getByRole('radio', { name: 'Parquet' }).click();
  await dialog().getByRole('button', { name: 'Export…' }).click();
  await expect(page.getByText(/no-such-folder/)).toBeVisible();
});
