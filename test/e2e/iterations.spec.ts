// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { formatDurationNs } from '#shared/base/units.ts';
import { problemsOf } from './axe.ts';
import { startApplication, type Application } from './app.ts';

/** The tables of a trace, in one application: what one test leaves the next one finds. */
test.describe.configure({ mode: 'serial' });

const overlap = resolve('test/fixtures/traces/kineto-h100-overlap.json.gz');
interface SaidOfTrace {
  readonly breakdown: Readonly<Record<string, number>>;
  readonly idle: Readonly<Record<string, Readonly<Record<string, number>>>>;
}
type Said = Readonly<Record<string, SaidOfTrace>>;

let application: Application;
let page: Page;
let folder: string;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'iterscope-steps-'));
  application = await startApplication({ files: [overlap], home: join(folder, 'home') });
  ({ page } = application);
  await expect(iterations().getByRole('row').nth(1)).toBeVisible();
});

test.afterAll(async () => {
  await application.app.close();
  rmSync(folder, { recursive: true, force: true });
});

const iterations = () => page.getByRole('grid', { name: 'Iterations', exact: true });
const filter = () => page.getByLabel('Filter', { exact: true }).filter({ visible: true });
const count = () => page.getByRole('status', { name: 'Rows of Iterations' });

/** Answers the next save dialog. */
async function saveTo(path: string): Promise<void> {
  await application.app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, path);
}

test.describe('the table of iterations', () => {
  test('is filtered by an expression, which says where it is wrong', async () => {
    await expect(count()).toHaveText('16');
    await filter().fill('iteration > 20 && time > min');
    await expect(count()).toHaveText(/^\d+ of 16$/);
    const kept = await count().textContent();
    await filter().fill('iteration > 20 && tiem > min');
    await expect(page.getByText('There is no column “tiem”. Did you mean time?')).toBeVisible();
    await expect(filter()).toHaveAttribute('aria-invalid', 'true');
    await expect(count()).toHaveText(kept ?? '');
    await filter().fill('');
    await expect(count()).toHaveText('16');
  });

  test('shows the columns that are chosen', async () => {
    const head = iterations().getByRole('columnheader', { name: 'Launch p95' });
    await expect(head).toBeHidden();
    await page.getByRole('button', { name: 'Columns' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitemcheckbox', { name: 'Launch p95' }).focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Escape');
    await expect(head).toBeVisible();
  });

  test('is sorted by keyboard and leaves as CSV', async () => {
    const sort = iterations().getByRole('button', { name: 'Time', exact: false }).first();
    await sort.focus();
    await page.keyboard.press('Enter');
    await expect(iterations().getByRole('columnheader', { name: /^Time/ })).toHaveAttribute(
      'aria-sort',
      'descending',
    );
    const path = join(folder, 'table.csv');
    await saveTo(path);
    await page.getByRole('button', { name: 'CSV' }).click();
    await page.getByRole('menuitem', { name: 'Save as CSV…' }).click();
    await expect(page.getByText(`The table is in ${path}.`)).toBeVisible();
    const [head = '', ...lines] = readFileSync(path, 'utf8').trim().split('\r\n');
    expect(head).toMatch(/^Iteration,.*Time \[ns\]/);
    expect(lines).toHaveLength(16);
    await page.getByRole('button', { name: 'CSV' }).click();
    await page.getByRole('menuitem', { name: 'Copy as CSV' }).click();
    await expect(page.getByText('16 rows are on the clipboard as CSV.')).toBeVisible();
    const copied = await application.app.evaluate(({ clipboard }) => clipboard.readText());
    expect(copied).toBe(readFileSync(path, 'utf8'));
  });
});

test.describe('kernels and operators', () => {
  const tab = (name: string) => page.getByRole('tab', { name, exact: true });
  const grid = (name: string | RegExp) => page.getByRole('grid', { name, exact: true });

  test('are summed by name, and lead to the longest of them', async () => {
    await tab('Kernels and operators').click();
    const kernels = grid('Kernels and operators');
    await expect(kernels.getByRole('columnheader', { name: 'p95' })).toBeVisible();
    await expect(kernels.getByRole('row').nth(1)).toContainText('%');
    await filter().fill('kind == "GEMM" && share > 1');
    await expect(page.getByRole('status', { name: 'Rows of Kernels and operators' })).toHaveText(/^0 of /);
    await filter().fill('');
    await kernels.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    const details = page.getByLabel('Details of the selection');
    const longest = (await details.getByRole('group', { name: 'Duration' }).textContent()) ?? '?';
    const row = kernels.getByRole('row', { selected: true });
    await expect(row).toContainText(longest);
    await expect(row.getByTitle(/ in an iteration$/)).toBeVisible();
    // And back: what is selected on the timeline is marked in the table.
    const name = details.getByRole('heading', { level: 2 });
    const longestName = (await name.textContent()) ?? '?';
    await page.getByRole('application', { name: /^Timeline/ }).focus();
    await page.keyboard.press('ArrowRight');
    await expect(name).not.toHaveText(longestName);
    const next = (await name.textContent()) ?? '?';
    await expect(row.getByTitle(next, { exact: true })).toBeVisible();
  });

  test('of an operator are told apart from the rest', async () => {
    await tab('Operators').click();
    await grid('Operators').getByRole('row').nth(1).click();
    await expect(
      grid(/^Work of /)
        .getByRole('row')
        .nth(1),
    ).toBeVisible();
    await page.getByRole('button', { name: 'All operators' }).click();
    await expect(grid('Operators').getByRole('row').nth(1)).toBeVisible();
  });

  test('of two iterations are compared', async () => {
    await tab('Differences').click();
    await page.getByLabel('Iterations before').fill('20');
    await page.getByLabel('Iterations after').fill('21-22');
    const differences = grid('Differences');
    await differences.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    const marked = differences.getByRole('row', { selected: true });
    await expect(marked).toHaveAttribute('aria-rowindex', '2');
    const heading = page.getByLabel('Details of the selection').getByRole('heading', { level: 2 });
    await expect(marked.getByTitle((await heading.textContent()) ?? '?', { exact: true })).toBeVisible();
    await page.getByLabel('Iterations after').fill('21-');
    await expect(page.getByLabel('Iterations after')).toHaveAttribute('aria-invalid', 'true');
  });
});

test('the figures of HolisticTraceAnalysis stand under its name, beside ours', async () => {
  // As it computed them itself of this file.
  const said = JSON.parse(readFileSync(resolve('test/fixtures/hta/figures.json'), 'utf8')) as Said;
  const { breakdown, idle } = said['kineto-h100-overlap.json.gz'] ?? { breakdown: {}, idle: {} };
  await page.getByRole('tab', { name: 'HTA', exact: true }).click();
  const figures = page.getByRole('table', { name: 'Figures of HolisticTraceAnalysis' });
  const cellOf = (title: string, column: number) =>
    figures
      .getByRole('row', { name: new RegExp(`^${title}`) })
      .getByRole('cell')
      .nth(column);
  await expect(cellOf('Time looked at', 1)).toHaveText(formatDurationNs(breakdown['kernel'] ?? 0));
  await expect(cellOf('Time looked at', 2)).toHaveText(formatDurationNs(breakdown['kernel'] ?? 0));
  await expect(cellOf('Computation', 1)).toContainText(`${formatDurationNs(breakdown['compute'] ?? 0)} · `);
  await expect(cellOf('Computation', 2)).toContainText('%');
  const streams = page.getByRole('table', { name: 'Streams by HolisticTraceAnalysis' });
  const seven = streams.getByRole('row').filter({ hasText: /^7/ });
  await expect(seven).toContainText(formatDurationNs(idle['7']?.['host_wait'] ?? 0));
  expect(await problemsOf(page)).toEqual([]);
});

test.describe('a window of iterations', () => {
  const field = () => page.getByLabel('Window', { exact: true });
  const rows = () => page.getByRole('status', { name: 'Rows of Kernels and operators' });

  test('is dragged over the chart: the timeline and the tables follow', async () => {
    await page.getByRole('tab', { name: 'Kernels and operators', exact: true }).click();
    const chart = page.getByRole('img', { name: /^Composition of/ });
    const box = await chart.boundingBox();
    if (box === null) throw new Error('the chart has no place');
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.4, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, y, { steps: 5 });
    await page.mouse.up();
    await expect(field()).toHaveValue(/^\d+-\d+$/);
    await expect(page.getByRole('group', { name: 'Selected range' })).toBeVisible();
    await expect(rows()).toHaveText(/^\d+$/);
  });

  test('is written, and left again', async () => {
    const total = page.getByRole('grid', { name: 'Kernels and operators' }).getByRole('row').nth(1);
    await field().fill('20');
    await expect(rows()).toBeVisible();
    const one = await total.textContent();
    await page.getByRole('button', { name: 'All iterations' }).click();
    await expect(field()).toHaveValue('');
    await expect(total).not.toHaveText(one ?? '');
  });
});
