// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { problemsOf } from './axe.ts';
import { expect, startApplication, test, type Application } from './app.ts';

/** Comparisons in the window: passes of the embedded engine by its work clock, in one application. */

test.describe.configure({ mode: 'serial' });

let application: Application;

test.beforeAll(async () => {
  application = await startApplication();
});

test.afterAll(async () => {
  const { app, home } = application;
  await app.close().catch(() => undefined);
  rmSync(home, { recursive: true, force: true });
});

/** Where a test wants pictures for a human eye, it is told a folder. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['ITERSCOPE_PICTURES'];
  if (folder === undefined) return;
  for (const theme of ['Light', 'Dark']) {
    await page.getByRole('radio', { name: new RegExp(theme) }).click();
    await page.screenshot({ path: join(folder, `${name}-${theme}.png`) });
  }
}

/** The same of a page that has no theme switch, as long as it is. */
async function pageOf(page: Page, name: string): Promise<void> {
  const folder = process.env['ITERSCOPE_PICTURES'];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

async function chooseSmallRun(page: Page): Promise<void> {
  await page.getByLabel('Requests', { exact: true }).fill('64');
  await page.getByLabel('Iterations at most').fill('30');
  await page.getByLabel('Layers', { exact: true }).fill('2');
  await page.getByLabel('Iteration window').fill('5+10');
  await page.getByRole('button', { name: /^More parameters/ }).click();
  await page.getByLabel('Clock').selectOption('work');
}

const CHARTS = [
  'Each timing pass',
  'From A to B by cause',
  'Share of iterations up to a time (ECDF)',
  'Iteration times (histogram)',
  'Iteration time against batch size',
  'Throughput over time',
];

/** Every chart is drawn; by keyboard the waterfall becomes a table, and its steps lead to B. */
async function checkCharts(page: Page): Promise<void> {
  const charts = page.getByRole('region', { name: 'Charts', exact: true });
  for (const name of CHARTS) {
    const chart = charts.getByRole('region', { name, exact: true });
    await chart.scrollIntoViewIfNeeded();
    await expect(chart.locator('canvas')).toBeVisible();
  }
  const waterfall = charts.getByRole('region', { name: 'From A to B by cause' });
  await waterfall.scrollIntoViewIfNeeded();
  await picture(page, 'charts-1');
  await charts.getByRole('region', { name: 'Throughput over time' }).scrollIntoViewIfNeeded();
  await picture(page, 'charts-2');
  await waterfall.getByRole('radio', { name: 'Kernels or operators' }).focus();
  await page.keyboard.press('Space');
  await waterfall.getByRole('button', { name: 'Table' }).focus();
  await page.keyboard.press('Enter');
  const rows = waterfall.getByRole('table').getByRole('row');
  await expect(rows.nth(2)).toContainText('comm.wait_for_ranks');
  const [beforeLast, last] = [rows.nth(-2).getByRole('cell').last(), rows.last().getByRole('cell').last()];
  await expect(last).toHaveText(await beforeLast.innerText());
  expect(await problemsOf(page)).toEqual([]);
}

/** The runs of the ended passes of each comparison, as they are on disk. */
function passesOf(home: string): string[][] {
  const folder = join(home, 'data/comparisons');
  return readdirSync(folder)
    .sort()
    .map((file) => {
      const { passes } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
        passes: readonly { runId: string }[];
      };
      return passes.map(({ runId }) => runId);
    });
}

const answer = (page: Page) => page.getByRole('region', { name: 'Answer' });
const state = (page: Page) => page.locator('.compare__head').getByRole('status');

test('one click plans the perfect router, and the comparison answers, explains and is kept', async () => {
  const { page } = application;
  await chooseSmallRun(page);
  await picture(page, 'launcher');
  await page.getByRole('button', { name: 'Compare with perfect router' }).click();
  await expect(page.getByRole('heading', { name: 'New comparison' })).toBeVisible();

  const plan = page.getByRole('complementary', { name: 'What will run' });
  await expect(plan.getByRole('heading', { name: 'Order of 12 passes' })).toBeVisible();
  await page.getByLabel('Blocks', { exact: true }).fill('2');
  await expect(page.getByText('Enter a whole number from 3 to 100.')).toBeVisible();
  await page.getByLabel('Blocks', { exact: true }).fill('3');
  await expect(plan.getByRole('heading', { name: 'Order of 8 passes' })).toBeVisible();
  await expect(plan).toContainText('No run of this recipe has ended well yet');
  await expect(plan).toContainText('the output text is wrong');
  await picture(page, 'setup');

  await page.getByRole('button', { name: 'Start comparison' }).click();
  await expect(page.getByText(/No answer yet|No verdict yet/).first()).toBeVisible();
  await expect(state(page)).toHaveText('Done');
  await expect(answer(page)).toContainText(/With perfect routing output throughput is \d+\.\d % better/);
  await expect(answer(page)).toContainText(/routing imbalance is (significant|real but moderate)/);
  await expect(answer(page).getByRole('img', { name: /^Effect \+\d/ })).toBeVisible();
  const figures = page.getByRole('table', { name: 'Figures of both arms' });
  await expect(figures).toContainText('Output throughput');
  // What is drawn of an interval stays in its cell.
  const [cell, zero] = [
    figures.locator('td:has(.interval)').first(),
    figures.locator('.interval__zero').first(),
  ];
  const [outer, inner] = [await cell.boundingBox(), await zero.boundingBox()];
  expect(inner?.y).toBeGreaterThanOrEqual(outer?.y ?? Infinity);
  expect((inner?.y ?? 0) + (inner?.height ?? 0)).toBeLessThanOrEqual((outer?.y ?? 0) + (outer?.height ?? 0));
  const parts = page.getByRole('table', { name: 'Parts of an iteration' });
  await expect(parts.getByRole('row').nth(1)).toContainText('Communication and waiting for other ranks');
  const kernels = page.getByRole('table', { name: 'Kernels and operators' });
  await expect(kernels.getByRole('row').nth(1)).toContainText('comm.wait_for_ranks');
  const load = page.getByRole('table', { name: 'Expert load' });
  await expect(
    load
      .getByRole('row', { name: /over ranks/ })
      .getByRole('cell')
      .nth(2),
  ).toHaveText(/^0\.0/);
  await expect(
    page.getByText(/Estimated gain from perfect balance of A: \+\d+\.\d % by tokens.* Measured: \+/),
  ).toBeVisible();
  await expect(page.getByRole('table', { name: 'Aligned iterations' }).getByRole('row')).toHaveCount(7);
  await expect(page.getByRole('table', { name: 'What the arms differ in' })).toContainText('perfect router');
  await expect(page.getByRole('table', { name: 'Passes' }).getByRole('row')).toHaveCount(9);
  await picture(page, 'answer');
  await kernels.scrollIntoViewIfNeeded();
  await picture(page, 'why');

  await checkCharts(page);

  await page.getByRole('tab', { name: 'Timelines' }).click();
  const timelines = page.getByRole('tabpanel', { name: 'Timelines' });
  await expect(timelines.getByRole('grid', { name: 'Iterations' })).toContainText('perfect router · Rank 1');
  // One axis for both arms, A above B: what is scrolled or zoomed, is so in both.
  await expect(timelines.getByText('aligned by iteration 5')).toBeVisible();
  await expect(timelines.getByRole('application', { name: /^Timeline/ })).toHaveCount(1);
  const rows = timelines.getByRole('list', { name: 'Rows of the timeline' }).getByRole('listitem');
  await expect(rows.filter({ hasText: / · Rank \d,/ })).toHaveText([
    /^learned router · Rank 0/,
    /^learned router · Rank 1/,
    /^perfect router · Rank 0/,
    /^perfect router · Rank 1/,
  ]);
  await picture(page, 'timelines');
  await page.getByRole('tab', { name: 'Answer' }).click();

  const list = page.getByRole('list', { name: 'Comparisons' });
  await expect(list).toContainText('Perfect against learned router');
  await page.getByRole('button', { name: /^Open the run of learned router, block 1$/ }).click();
  await expect(page.getByRole('tab', { name: 'Overview' })).toBeVisible();
  await list.getByRole('button').first().click();
  await expect(answer(page)).toContainText('With perfect routing');
});

test('reports are written where the user says', async () => {
  const { page, app, home } = application;
  for (const [item, file] of [
    ['HTML file…', 'report.html'],
    ['Markdown…', 'report.md'],
    ['JSON…', 'report.json'],
  ] as const) {
    const path = join(home, file);
    await app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    }, path);
    await page.getByRole('button', { name: 'Save report' }).click();
    await page.getByRole('menuitem', { name: item }).click();
    await expect(page.getByText(`The report was written to ${path}.`)).toBeVisible();
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path, 'utf8')).toContain('perfect router');
  }
});

test('pictures of charts are written as SVG and PNG', async () => {
  const { page, app, home } = application;
  const chart = page.getByRole('region', { name: 'Iteration times (histogram)' });
  for (const format of ['SVG', 'PNG'] as const) {
    const path = join(home, `histogram.${format}`);
    await app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    }, path);
    await chart.getByRole('button', { name: `as ${format}` }).click();
    await expect(page.getByText(`The picture was written to ${path}.`)).toBeVisible();
  }
  expect(readFileSync(join(home, 'histogram.SVG'), 'utf8')).toMatch(/^<svg [\s\S]*perfect router/);
  expect(readFileSync(join(home, 'histogram.PNG')).subarray(1, 4).toString()).toBe('PNG');
});

test('the HTML report stands alone: no script, no network, readable in light, dark and print', async () => {
  const { app, home } = application;
  const opened = app.waitForEvent('window');
  await app.evaluate(
    async ({ BrowserWindow, session }, path) => {
      const alone = session.fromPartition('report');
      const asked: string[] = [];
      Object.assign(globalThis, { asked });
      alone.webRequest.onBeforeRequest(({ url }, decide) => {
        asked.push(url);
        decide({});
      });
      const window = new BrowserWindow({ width: 1000, height: 900, webPreferences: { session: alone } });
      await window.loadFile(path);
    },
    join(home, 'report.html'),
  );
  const report = await opened;
  await expect(report.getByText(/With perfect routing output throughput is/)).toBeVisible();
  await expect(report.getByRole('img', { name: 'From A to B by cause: Kernels or operators' })).toBeVisible();
  expect(await report.locator('script').count()).toBe(0);
  for (const colorScheme of ['light', 'dark'] as const) {
    await report.emulateMedia({ colorScheme });
    expect(await problemsOf(report)).toEqual([]);
    await pageOf(report, `report-${colorScheme}`);
  }
  await report.setViewportSize({ width: 480, height: 900 });
  expect(await report.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(480);
  await report.emulateMedia({ media: 'print', colorScheme: 'dark' });
  expect(await report.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
    'rgb(255, 255, 255)',
  );
  await pageOf(report, 'report-print');
  const asked = await app.evaluate(() => (globalThis as unknown as { asked: string[] }).asked);
  expect(asked.map((url) => url.slice(url.lastIndexOf('/') + 1))).toEqual(['report.html']);
  await report.close();
});

test('two runs of the library are shown side by side, by keys', async () => {
  const { page } = application;
  await page.keyboard.press('Control+l');
  const grid = page.getByRole('grid', { name: 'Runs of the library' });
  await expect(grid).toBeFocused();
  await page.keyboard.press('/');
  await page.keyboard.type('expert statistics');
  await expect(grid.getByRole('row').filter({ has: page.getByRole('gridcell') })).toHaveCount(2);
  await grid.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Space');
  const open = page.getByRole('toolbar', { name: 'Actions' }).getByRole('button', { name: 'Side by side' });
  await expect(open).toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  await open.focus();
  await page.keyboard.press('Enter');

  await expect(page.getByRole('heading', { name: 'Side by side' })).toBeVisible();
  await expect(page.getByText('one pass each, no statistics', { exact: true })).toBeVisible();
  await expect(page.getByText('A recorder was on')).toBeVisible();
  const figures = page.getByRole('table', { name: 'Reported figures of both runs' });
  await expect(figures.getByRole('row').filter({ hasText: 'Output throughput (' })).toContainText(/[+−]\d/);
  await expect(page.getByRole('img', { name: 'Host step times of both runs' })).toBeVisible();
  await expect(page.getByRole('table', { name: 'Median iteration times' })).toContainText('generation only');
  const load = page.getByRole('table', { name: 'Expert load of both runs' });
  await expect(load.getByRole('row')).toHaveCount(3);
  const cells = load.getByRole('row').nth(1).getByRole('cell');
  const [perfect, learned] = [await cells.nth(1).innerText(), await cells.nth(2).innerText()];
  expect(Number(perfect)).toBeLessThan(Number(learned));
  const configuration = page.getByRole('table', { name: 'Difference of the configurations' });
  const row = configuration.getByRole('row').filter({ hasText: 'ENABLE_PERFECT_ROUTER' });
  await expect(row.getByRole('cell')).toHaveText(['Environment', 'ENABLE_PERFECT_ROUTER', '1', 'not set']);
  expect(await problemsOf(page)).toEqual([]);
  await picture(page, 'side-by-side');
  await configuration.scrollIntoViewIfNeeded();
  await picture(page, 'side-by-side-configuration');

  await page.getByRole('button', { name: 'Swap A and B' }).click();
  await expect(row.getByRole('cell')).toHaveText(['Environment', 'ENABLE_PERFECT_ROUTER', 'not set', '1']);
});

/** An arm goes into a container, then gets another recipe: what is missing is said, and what passes share. */
async function changePlaces(page: Page): Promise<void> {
  const plan = page.getByRole('complementary', { name: 'What will run' });
  await page.getByLabel('Place of B').selectOption('docker');
  await page.getByLabel('Image of B').fill('two words');
  await expect(page.getByText(/^The image must be the name of an image/)).toBeVisible();
  await page.getByLabel('Image of B').fill('registry/engine:2');
  await page.getByLabel('Mounts of B').fill('/models');
  await expect(page.getByText(/^The folder in the container must be a whole path/)).toBeVisible();
  await page.getByLabel('Mounts of B').fill('/models:/models');
  await expect(page.getByText(/^The folder in the container/)).toBeHidden();
  await expect(plan.getByRole('heading', { name: /^Order of/ })).toBeVisible();
  await expect(plan).not.toContainText('The arms are the same');
  await page.getByLabel('Recipe of B').selectOption('tensorrt-llm-throughput');
  await expect(page.getByLabel('Model of B', { exact: true })).toBeVisible();
  const shared = plan.getByRole('region', { name: 'Shared by passes' });
  await expect(shared).toContainText('TLLM_AUTOTUNER_CACHE_PATH');
  await expect(shared).toContainText('passes of B');
  expect(await problemsOf(page)).toEqual([]);
  await picture(page, 'setup-places');
}

test('two arms are changed by hand; a comparison is cancelled and goes on', async () => {
  const { page } = application;
  await page.getByRole('button', { name: 'New run' }).click();
  await page.getByRole('button', { name: 'A/B…' }).click();
  const plan = page.getByRole('complementary', { name: 'What will run' });
  await expect(plan).toContainText('The arms are the same');
  await changePlaces(page);
  await page.getByRole('button', { name: 'New run' }).click();
  await page.getByRole('button', { name: 'A/B…' }).click();
  await page.getByLabel('Layers of B').fill('0');
  await expect(page.locator('#compare-blocker')).toContainText('B: ');
  await page.getByLabel('Layers of B').fill('4');
  await page.getByLabel('Label of B').fill('four layers');
  await page.getByLabel('Blocks', { exact: true }).fill('3');
  await page.getByRole('switch', { name: 'Profile both arms at the end' }).click();
  await expect(plan.getByRole('heading', { name: 'Order of 6 passes' })).toBeVisible();
  await expect(plan).toContainText('A rough guess: from earlier runs of this recipe with other parameters;');
  await expect(plan).not.toContainText('The arms are the same');
  await picture(page, 'setup-ab');
  await page.getByRole('button', { name: 'Start comparison' }).click();
  await page.getByRole('button', { name: 'Cancel comparison' }).click();
  await expect(state(page)).toHaveText('Cancelled');
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(state(page)).toHaveText('Done');
  await expect(answer(page)).toContainText(/four layers against A: output throughput is \d+\.\d % worse/);
  await expect(page.getByRole('table', { name: 'What the arms differ in' })).toContainText('layers');
  await expect(page.getByRole('heading', { name: 'Why' })).toBeHidden();
});

test('two comparisons go on at once; both are resumed after the application was killed', async ({
  start,
}) => {
  const home = mkdtempSync(join(tmpdir(), 'iterscope-e2e-'));
  const { app, page } = await start({ home });
  await chooseSmallRun(page);
  for (const title of ['first question', 'second question']) {
    await page.getByRole('button', { name: 'New run' }).click();
    await page.getByRole('button', { name: 'Compare with perfect router' }).click();
    await page.getByLabel('Title').fill(title);
    await page.getByLabel('Blocks', { exact: true }).fill('3');
    await page.getByRole('switch', { name: 'Profile both arms at the end' }).click();
    await page.getByRole('button', { name: 'Start comparison' }).click();
    await expect(page.getByRole('heading', { name: title })).toBeVisible();
  }
  await expect(page.getByText(/[1-5] of 6 passes have ended/)).toBeVisible();
  const closed = app.waitForEvent('close');
  app.process().kill('SIGKILL');
  await closed;
  const before = passesOf(home);
  expect(before.flat().length).toBeGreaterThan(0);
  expect(before.flat().length).toBeLessThan(12);

  const { page: again } = await start({ home });
  const list = again.getByRole('list', { name: 'Comparisons' });
  for (const title of ['first question', 'second question']) {
    await list.getByRole('button', { name: title }).click();
    await expect(state(again)).toHaveText('Interrupted');
    await again.getByRole('button', { name: 'Go on' }).click();
    await expect(state(again)).toHaveText('Running');
  }
  for (const title of ['first question', 'second question']) {
    await list.getByRole('button', { name: title }).click();
    await expect(state(again)).toHaveText('Done');
    await expect(answer(again)).toContainText(/With perfect routing output throughput is \d+\.\d % better/);
  }
  // What had ended was kept, not run again.
  for (const [index, passes] of passesOf(home).entries()) {
    expect(passes).toHaveLength(6);
    expect(passes.slice(0, before[index]?.length)).toEqual(before[index]);
  }
});
