// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

const choose = async (item: RegExp): Promise<void> => {
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('menuitem', { name: item }).click();
};

/** Of the pixels of two pictures, the share that differs plainly; drawn at the size of the first. */
async function differingShare(png: Buffer, svg: string): Promise<{ share: number; drawn: string }> {
  const addresses = [
    `data:image/png;base64,${png.toString('base64')}`,
    `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`,
  ];
  return page.evaluate(async (sources) => {
    const images = await Promise.all(
      sources.map(async (src) => {
        const image = new Image();
        image.src = src;
        await image.decode();
        return image;
      }),
    );
    const [width = 0, height = 0] = [images[0]?.naturalWidth, images[0]?.naturalHeight];
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const ctx = canvas.getContext('2d', { willReadFrequently: true });
    const pixels = images.map((image) => {
      ctx?.drawImage(image, 0, 0, width, height);
      return ctx?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray();
    });
    const [a = new Uint8ClampedArray(), b = new Uint8ClampedArray()] = pixels;
    const differs = a.filter((value, at) => at % 4 < 3 && Math.abs(value - (b[at] ?? 0)) > 64).length;
    return { share: differs / (width * height * 3), drawn: canvas.toDataURL() };
  }, addresses);
}

/** Width and height as the head of a PNG states them. */
const sizeOfPng = (bytes: Buffer): readonly [number, number] => [
  bytes.readUInt32BE(16),
  bytes.readUInt32BE(20),
];

test('the view leaves as a picture of pixels, as vectors, and over the clipboard', async () => {
  const canvas = page.getByRole('application', { name: /^Timeline/ });
  await canvas.focus();
  for (const key of ['Home', ']', 'ArrowRight']) await page.keyboard.press(key);
  await expect(page.getByTestId('timeline-announcement')).toHaveText(/stream 7$/);
  await page.keyboard.press('m');
  await expect(page.getByTestId('timeline-announcement')).toHaveText(/^Mark A at/);
  const box = await canvas.boundingBox();
  const png = await answerSave('view.png');
  await choose(/as PNG/);
  await expect(page.getByText(/Written to .*view\.png\./)).toBeVisible();
  const [width, height] = sizeOfPng(readFileSync(png));
  expect(width).toBe(2 * Math.round(box?.width ?? 0));
  expect(height).toBeGreaterThan(2 * 100);

  const svg = await answerSave('view.svg');
  await choose(/as SVG/);
  await expect(page.getByText(/Written to .*view\.svg\./)).toBeVisible();
  const drawn = readFileSync(svg, 'utf8');
  const read = await page.evaluate((text) => {
    const made = new DOMParser().parseFromString(text, 'image/svg+xml');
    return {
      broken: made.querySelector('parsererror') !== null,
      width: made.documentElement.getAttribute('width'),
      texts: [...made.querySelectorAll('text')].map(({ textContent }) => textContent),
      colours: new Set([...made.querySelectorAll('path')].map((path) => path.getAttribute('fill'))).size,
    };
  }, drawn);
  expect(read.broken).toBe(false);
  expect(2 * Number(read.width)).toBe(width);
  // Which file, which time, which tracks, which slices, what the colours mean, and what was marked.
  expect(read.texts[0]).toBe('kineto-h100-overlap.json.gz');
  expect(read.texts[1]).toMatch(/^\S+ \S+ to \S+ \S+ from the start, \S+ \S+ shown/);
  expect(read.texts).toEqual(expect.arrayContaining(['time from start', 'A', 'communication', 'attention']));
  expect(read.texts.some((text) => text.startsWith('GPU 0'))).toBe(true);
  expect(read.texts.some((text) => /gemm|gemv|nchw|elementwise/i.test(text))).toBe(true);
  expect(read.colours).toBeGreaterThan(5);

  // The fonts of the page are not those of the file: texts differ, the rest must not.
  const { share, drawn: redrawn } = await differingShare(readFileSync(png), drawn);
  expect(share).toBeLessThan(0.06);

  await choose(/^Copy picture/);
  await expect(page.getByText('A picture of the view is on the clipboard.')).toBeVisible();
  const copied = await application.app.evaluate(({ clipboard }) => clipboard.readImage().getSize());
  expect(copied).toEqual({ width, height });
  const pictures = process.env['ITERSCOPE_PICTURES'];
  if (pictures === undefined) return;
  copyFileSync(png, join(pictures, 'view.png'));
  copyFileSync(svg, join(pictures, 'view.svg'));
  writeFileSync(join(pictures, 'view-of-svg.png'), redrawn.slice(redrawn.indexOf(',') + 1), 'base64');
});

test.describe('a link to the view', () => {
  const said = () => page.getByTestId('timeline-announcement');
  const clipboard = () => application.app.evaluate(({ clipboard: system }) => system.readText());

  async function copyLink(): Promise<string> {
    await application.app.evaluate(({ clipboard: system }) => system.clear());
    await choose(/^Copy link/);
    await expect.poll(clipboard).toMatch(/^iterscope:\/\/view\?file=.*kineto-h100-overlap/);
    return clipboard();
  }

  async function paste(text: string): Promise<void> {
    await page.keyboard.press('Control+K');
    await page.getByRole('combobox', { name: /^Find a command/ }).fill(text);
    await expect(page.getByRole('option')).toHaveText(/^Open this link/);
    await page.keyboard.press('Enter');
  }

  test('leads back to the same time, range and slice', async () => {
    const canvas = page.getByRole('application', { name: /^Timeline/ });
    await canvas.focus();
    for (const key of ['Home', ']', ']', 'ArrowRight']) await page.keyboard.press(key);
    await expect(said()).toHaveText(/stream 7$/);
    for (const key of ['x', 'w', 'w']) await page.keyboard.press(key);
    await expect(said()).toHaveText(/^Range of/);
    const link = await copyLink();
    expect(new URLSearchParams(link.split('?')[1]).get('slice')).toMatch(/^0_\d+$/);
    await canvas.focus();
    for (const key of ['Escape', 'Home']) await page.keyboard.press(key);
    await expect(page.getByLabel('Details of the selection')).not.toContainText('from trace start');
    await paste(link);
    await expect(page.getByLabel('Details of the selection')).toContainText('from trace start');
    await expect.poll(copyLink).toBe(link);
  });

  test('says so when its slice is not there', async () => {
    const link = await copyLink();
    await paste(`${link.replace(/&slice=[^&]*/, '')}&slice=0_4000000000`);
    await expect(page.getByText(/The slice that the link selects is not in this trace/)).toBeVisible();
  });

  test('opens other files only after a yes', async () => {
    const eager = resolve('test/fixtures/traces/kineto-h100-eager.json.gz');
    const link = `iterscope://view?file=${encodeURIComponent(eager)}&view=1000000_2000000`;
    const answer = (response: number) =>
      application.app.evaluate(({ dialog: system, clipboard: board }, chosen) => {
        system.showMessageBox = (...asked: readonly unknown[]) => {
          board.writeText(JSON.stringify(asked.at(-1)));
          return Promise.resolve({ response: chosen, checkboxChecked: false });
        };
      }, response);
    await answer(0);
    await page.keyboard.press('Control+K');
    await page.getByRole('combobox', { name: /^Find a command/ }).fill('open link');
    await page.keyboard.press('Enter');
    const asking = page.getByRole('dialog', { name: 'Open a link to a view' });
    await asking.getByLabel('Link').fill('iterscope://view?nothing');
    await expect(asking.getByText(/^No link to a view/)).toBeVisible();
    await expect(asking.getByRole('button', { name: 'Open', exact: true })).toBeDisabled();
    await picture('open-link');
    await asking.getByLabel('Link').fill(link);
    await page.keyboard.press('Enter');
    await expect.poll(clipboard).toContain(eager);
    const title = page.getByRole('heading', { level: 1 });
    await expect(title).toHaveText(/overlap/);
    await answer(1);
    await paste(link);
    await expect(title).toHaveText(/eager/);
    await choose(/^Copy link/);
    await expect.poll(clipboard).toBe(link);
  });
});
