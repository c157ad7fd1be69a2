// SPDX-License-Identifier: Apache-2.0
import { readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Locator, Page } from '@playwright/test';
import { expect, startApplication, test, type Application } from './app.ts';

/** The timeline by mouse and by keyboard, on one trace in one application. */

const eager = resolve('test/fixtures/traces/kineto-h100-eager.json.gz');

let application: Application;
let page: Page;
let canvas: Locator;
let rows: Locator;
let said: Locator;
let details: Locator;

test.beforeAll(async () => {
  application = await startApplication({ files: [eager] });
  page = application.page;
  canvas = page.getByRole('application', { name: /^Timeline/ });
  rows = page.getByRole('list', { name: 'Rows of the timeline' }).getByRole('listitem');
  said = page.getByTestId('timeline-announcement');
  details = page.getByLabel('Details of the selection');
  await expect(rows.first()).toHaveText(/GPU 0/);
});

test.afterAll(async () => {
  await application.app.close().catch(() => undefined);
  rmSync(application.home, { recursive: true, force: true });
});

/** As at first: nothing selected, hidden, pinned or filtered. */
test.beforeEach(async () => {
  const again = page.getByRole('button', { name: 'Arrange tracks as at first' });
  if (await again.isEnabled()) await again.click();
  await page.getByLabel('Filter tracks').fill('');
  await canvas.focus();
  for (const key of ['Escape', 'Shift+M', 'Home']) await page.keyboard.press(key);
});

async function press(...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

/** A place of the canvas, in the window. */
async function place(x: number, y: number): Promise<{ x: number; y: number }> {
  const box = await canvas.boundingBox();
  if (box === null) throw new Error('the timeline is not there');
  return { x: box.x + x, y: box.y + y };
}

async function drag(from: readonly [number, number], to: readonly [number, number]): Promise<void> {
  const start = await place(...from);
  const end = await place(...to);
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move(end.x, end.y, { steps: 6 });
  await page.mouse.up();
}

async function clickAt(x: number, y: number): Promise<void> {
  const at = await place(x, y);
  await page.mouse.click(at.x, at.y);
}

test.describe('tracks, by keyboard', () => {
  test('a group is closed and opened, and a track pinned, moved and hidden', async () => {
    const streams = rows.filter({ hasText: /^stream/ });
    const [first = ''] = await streams.allTextContents();
    await press('Shift+ArrowDown', 'Enter');
    await expect(said).toHaveText(/GPU 0.* collapsed$/);
    await expect(streams).toHaveCount(0);
    await press('Enter', 'Shift+ArrowDown');
    await expect(said).toHaveText(new RegExp(`^${first}`));
    await press('p');
    await expect(rows.first()).toHaveText(/^stream.*pinned$/);
    await press('h');
    await expect(rows.first()).toHaveText(/GPU 0/);
    await expect(page.getByRole('button', { name: '1 hidden: show all' })).toBeVisible();
    await press('Shift+H');
    await expect(rows.first()).toHaveText(/pinned$/);
  });

  test('a row is moved within its group with Alt and an arrow, and back', async () => {
    await press('Shift+ArrowDown', 'Enter');
    const order = await rows.allTextContents();
    await press('Alt+ArrowDown');
    await expect(rows.first()).not.toHaveText(order[0] ?? '');
    await press('Alt+ArrowUp');
    await expect(rows.first()).toHaveText(order[0] ?? '');
  });

  test('the filter is a key away, and Escape takes it back', async () => {
    const all = await rows.count();
    await press('t');
    await page.keyboard.type('stream');
    await expect(rows.filter({ hasText: /^(?!stream|.*GPU)/ })).toHaveCount(0);
    await press('Enter');
    await expect(canvas).toBeFocused();
    await press('t', 'Escape');
    await expect(rows).toHaveCount(all);
    await expect(canvas).toBeFocused();
  });

  test('what was arranged is there again when the trace is opened anew', async () => {
    await press('Shift+ArrowDown', 'Enter');
    await expect(rows.first()).toHaveText(/collapsed$/);
    await page.reload();
    await application.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.focus());
    await expect(rows.first()).toHaveText(/GPU 0.* collapsed$/);
  });
});

test.describe('tracks, by mouse', () => {
  test('a click on a group closes it, one on its picture opens it', async () => {
    await clickAt(60, 96);
    await expect(rows.first()).toHaveText(/collapsed$/);
    await clickAt(500, 104);
    await expect(rows.first()).toHaveText(/expanded$/);
  });

  test('a process is dragged above the GPUs', async () => {
    await clickAt(60, 96);
    await expect(rows.nth(1)).toHaveText(/process/);
    await drag([60, 136], [60, 96]);
    await expect(rows.first()).toHaveText(/process/);
  });

  test('rows change their height', async () => {
    await page.getByRole('radio', { name: 'Low' }).click();
    await expect(page.getByRole('radio', { name: 'Low' })).toBeChecked();
    await canvas.focus();
    await press('r');
    await expect(page.getByRole('radio', { name: 'Normal' })).toBeChecked();
  });
});

test('one legend says what the colours and signs are, and Escape closes it', async () => {
  await page.getByRole('button', { name: 'Colours' }).click();
  const legend = page.getByRole('dialog', { name: 'What colours and signs mean' });
  for (const text of ['attention', 'communication', 'several slices in one pixel']) {
    await expect(legend).toContainText(text);
  }
  await press('Escape');
  await expect(legend).toBeHidden();
});

test.describe('ways through time', () => {
  test('two marks show how far they are apart, and views are gone back through', async () => {
    await press(']', 'm');
    await expect(said).toHaveText(/^Mark A at /);
    await press(']', 'm');
    await expect(said).toHaveText(/^Mark B at .*from mark A$/);
    await press('Alt+ArrowLeft');
    await expect(said).toHaveText(/ from .* on$/);
    await press('Alt+ArrowRight');
    await expect(said).toHaveText(/ from .* on$/);
    await press('Alt+ArrowRight');
    await expect(said).toHaveText('No view to go forward to');
  });

  test('the minimap leads to a moment', async () => {
    await press('w', 'w', 'w', 'w', 'w', 'w');
    await clickAt(400, 12);
    await press('Alt+ArrowLeft');
    await expect(said).toHaveText(/ from .* on$/);
  });

  test('the strip above the rows tells of an iteration on host and GPU, and leads to it', async () => {
    const at = await place(600, 60);
    await page.mouse.move(at.x, at.y);
    const tip = page.locator('.timeline__tooltip');
    await expect(tip).toContainText(/^Iteration \d+generation · host window .* msGPU 0 window .*behind$/);
    await page.mouse.click(at.x, at.y);
    await expect(said).toHaveText(/^Iteration \d+, generation · host window .* behind$/);
  });

  test('a range is measured with Shift', async () => {
    await page.keyboard.down('Shift');
    await drag([400, 214], [700, 214]);
    await page.keyboard.up('Shift');
    const range = details.getByRole('group', { name: 'Selected range' });
    await expect(range).toContainText(/GPU 0 busy .* idle .* exposed communication/);
    const table = range.getByRole('grid', { name: 'What the range holds' });
    await expect(table).toContainText('GEMM');
    await range.getByRole('radio', { name: 'Track' }).click();
    await expect(table).toContainText('stream 7');
  });

  test('a range lies between two marks, and its figures are there by keys alone', async () => {
    await press(']', 'm', ']', 'm', 'x');
    await expect(said).toHaveText(/^Range of .* selected$/);
    await expect(details.getByRole('grid', { name: 'What the range holds' })).toContainText('GEMM');
  });

  test('a slice tells the stack that it lies in', async () => {
    await press(']', 'ArrowRight', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown');
    await expect(details).toContainText('Inside');
  });
});

/** Selects the first slice of a name. */
async function goTo(name: string): Promise<void> {
  await press('/');
  await page.getByLabel('Search names and kinds').fill(name);
  await press('Enter');
  await expect(details.getByRole('heading', { level: 2 })).toHaveText(name);
  await press('Escape');
  await expect(canvas).toBeFocused();
}

test.describe('bookmarks', () => {
  test('are noted with a key, led to, renamed, deleted with a way back, and kept', async () => {
    const list = details.getByRole('region', { name: 'Bookmarks' });
    await press(']', 'b');
    await expect(list.getByLabel('Note')).toBeFocused();
    await page.keyboard.type('slow launch');
    await press('Enter');
    await expect(canvas).toBeFocused();
    await expect(list.getByRole('button', { name: /^slow launch *at / })).toBeVisible();
    await press('Home');
    await list.getByRole('button', { name: /^slow launch *at / }).click();
    await list.getByRole('button', { name: 'Rename slow launch' }).click();
    await expect(list.getByLabel('Note')).toBeFocused();
    await page.keyboard.type('late launch');
    await press('Enter');
    await list.getByRole('button', { name: 'Delete late launch' }).click();
    await expect(list).toHaveCount(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(list.getByRole('button', { name: /^late launch *at / })).toBeVisible();
    await page.reload();
    await application.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.focus());
    await expect(list.getByRole('button', { name: /^late launch *at / })).toBeVisible();
  });
});

test.describe('details of a slice', () => {
  test('tell how long the others of its name are, and a key leads to the next', async () => {
    await goTo('aten::linear');
    const others = details.getByRole('region', { name: 'Slices of this name' });
    await expect(others).toContainText(/[\d,]+ slices? of this name/);
    await expect(others.getByText('p95', { exact: true })).toBeVisible();
    const start = details.getByText(/ from trace start$/);
    const first = (await start.textContent()) ?? '';
    await press('.');
    await expect(start).not.toHaveText(first);
    await expect(details.getByRole('heading', { level: 2 })).toHaveText('aten::linear');
    await press(',');
    await expect(start).toHaveText(first);
    await others.getByRole('button', { name: 'Next of this name' }).click();
    await expect(start).not.toHaveText(first);
  });

  test('lead along a launch and along the arrows of the trace', async () => {
    await goTo('cudaLaunchKernel');
    const launched = details.getByText('Launched', { exact: true }).locator('..').getByRole('button');
    await launched.click();
    await expect(details.getByText('Launched by', { exact: true })).toBeVisible();
    await expect(details.getByText('Launch delay', { exact: true })).toBeVisible();
    await expect(details.getByText(/^\d{4}-\d\d-\d\d .* UTC$/)).toBeVisible();
  });
});

test.describe('search', () => {
  let bar: Locator;
  let field: Locator;
  let status: Locator;

  test.beforeEach(async () => {
    bar = page.getByRole('search', { name: 'Search slices' });
    field = bar.getByRole('textbox', { name: 'Search names and kinds' });
    status = bar.getByRole('status');
    await press('Control+f');
    await field.fill('');
  });

  test.afterEach(async () => {
    for (const option of ['Match case', 'Regular expression', 'Search arguments']) {
      const button = bar.getByRole('button', { name: option });
      if ((await button.count()) > 0 && (await button.getAttribute('aria-pressed')) === 'true') {
        await button.click();
      }
    }
    if ((await bar.count()) > 0) await bar.getByRole('button', { name: 'Close the search' }).click();
  });

  test('by keys: type, go from hit to hit, and close', async () => {
    await expect(field).toBeFocused();
    await page.keyboard.type('gemm');
    await expect(status).toHaveText(/^[\d,]+ slices · /);
    await press('Enter');
    await expect(said).toHaveText(/, GEMM, .*stream 7$/);
    await expect(details.getByText('GEMM', { exact: true })).toBeVisible();
    const selected = details.getByText(/ from trace start$/);
    const first = (await selected.textContent()) ?? '';
    await press('Enter');
    await expect(selected).not.toHaveText(first);
    await press('Shift+Enter');
    await expect(selected).toHaveText(first);
    // Before the first hit comes the last one, and after that the first again.
    await press('Shift+Enter');
    await expect(selected).not.toHaveText(first);
    await press('Enter');
    await expect(selected).toHaveText(first);
    await press('Escape');
    await expect(bar).toHaveCount(0);
    await expect(canvas).toBeFocused();
  });

  test('is a command of the palette, too', async () => {
    await press('Escape');
    await expect(bar).toHaveCount(0);
    await press('Control+k');
    await page.keyboard.type('search slices');
    await press('Enter');
    await expect(field).toBeFocused();
  });

  test('by mouse: the names found narrow it', async () => {
    await bar.getByRole('button', { name: 'Close the search' }).click();
    await page.getByRole('button', { name: 'Search slices' }).click();
    await field.fill('aten::');
    await bar.getByRole('button', { name: /^All: / }).click();
    const row = bar.getByRole('grid', { name: 'Names found' }).getByRole('row').nth(1);
    const [name = '', , count = ''] = await row.getByRole('gridcell').allTextContents();
    expect(name).toContain('aten::');
    await row.click();
    await expect(bar.getByRole('button', { name: 'All: 1 name' })).toBeVisible();
    await expect(status).toHaveText(new RegExp(`^${count} slices? · `));
    await bar.getByRole('button', { name: 'Next hit' }).click();
    await expect(details.getByRole('heading', { name, exact: true })).toBeVisible();
  });

  test('an expression that cannot be read is told in words, and nothing is lost', async () => {
    await field.fill('(gemm');
    await expect(status).toHaveText('No slice');
    await bar.getByRole('button', { name: 'Regular expression' }).click();
    await expect(bar.getByRole('alert')).toContainText('cannot be searched for');
    await field.fill('gemm|softmax');
    await expect(status).toHaveText(/^[\d,]+ slices · /);
    await expect(bar.getByRole('alert')).toHaveCount(0);
  });

  test('arguments are read when asked for, and lead from hit to hit and to sums by name', async () => {
    const { traceEvents } = JSON.parse(gunzipSync(readFileSync(eager)).toString()) as {
      readonly traceEvents: readonly { readonly ph: string; readonly args?: Record<string, unknown> }[];
    };
    const copies = traceEvents.filter(
      ({ ph, args }) => ph === 'X' && args?.['memory bandwidth (GB/s)'] !== undefined,
    );
    expect(copies.length).toBeGreaterThan(1);
    const inArguments = bar.getByRole('button', { name: 'Search arguments' });
    await inArguments.click();
    const own = bar.getByRole('textbox', { name: 'Search arguments' });
    await own.fill('memory bandwidth');
    await expect(status).toHaveText('Enter reads the arguments');
    await press('Enter');
    await expect(status).toHaveText(new RegExp(`^${copies.length.toLocaleString('en-US')} slices · `));
    await press('Enter');
    const start = details.getByText(/ from trace start$/);
    const first = (await start.textContent()) ?? '';
    await expect(details.getByRole('table', { name: 'Arguments' })).toContainText('memory bandwidth');
    await press('Enter');
    await expect(start).not.toHaveText(first);
    await press('Shift+Enter');
    await expect(start).toHaveText(first);
    await bar.getByRole('button', { name: /^All: / }).click();
    const sums = bar.getByRole('grid', { name: 'Names found' }).getByRole('row');
    const counts = await sums.locator('[role="gridcell"]:nth-child(3)').allTextContents();
    expect(counts.reduce((sum, text) => sum + Number(text.replace(',', '')), 0)).toBe(copies.length);
    await inArguments.click();
    await expect(field).toHaveValue('memory bandwidth');
  });

  test('what is found is marked, everything else dimmed', async () => {
    await field.fill('no slice is called like this');
    await expect(status).toHaveText('No slice');
    const without = await canvas.screenshot();
    await field.fill('gemm');
    await expect(status).toHaveText(/slices/);
    await expect.poll(async () => (await canvas.screenshot()).equals(without)).toBe(false);
  });
});
