// SPDX-License-Identifier: Apache-2.0
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { expect, test } from './app.ts';
import { problemsOf } from './axe.ts';

const traces = resolve('test/fixtures/traces');
/** Its report lies beside it; that of the other one does not. */
const withReport = join(traces, 'nsys-h100-graph-lossy.sqlite.gz');
const alone = join(traces, 'nsys-h100-gil-lossy.sqlite.gz');

const folder = mkdtempSync(join(tmpdir(), 'iterscope-hand-over-'));
test.afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A program that writes down what it was started with. */
function viewer(name: string): string {
  const path = join(folder, 'bin', name);
  mkdirSync(join(folder, 'bin'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\nprintf '%s' "$1" > '${join(folder, 'said')}'\n`);
  chmodSync(path, 0o755);
  return path;
}

test('a trace is handed to viewers that are installed here, and what happens is said before', async ({
  start,
}) => {
  const [nsight, processor] = [viewer('nsys-ui'), viewer('trace_processor')];
  const path = `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`;
  const { app, page } = await start({ files: [withReport, alone], env: { PATH: path } });
  const open = async (name: RegExp): Promise<void> => {
    await page.getByRole('button', { name: 'Open in', exact: true }).click();
    await page.getByRole('menuitem', { name }).click();
  };

  await test.step('Nsight Systems is started with the report, on its own', async () => {
    await open(/^Nsight Systems/);
    const dialog = page.getByRole('dialog', { name: 'Open in Nsight Systems' });
    await expect(
      dialog.getByText(`${nsight} ${withReport.replace('.sqlite.gz', '.nsys-rep')}`),
    ).toBeVisible();
    expect(await problemsOf(page)).toEqual([]);
    await dialog.getByLabel('Trace').selectOption({ index: 1 });
    await expect(dialog.getByText(/there is none beside .*gil-lossy/)).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Start' })).toBeDisabled();
    await dialog.getByLabel('Trace').selectOption({ index: 0 });
    await dialog.getByRole('button', { name: 'Start' }).click();
    await expect(page.getByText(/nsys-ui was started with .*graph-lossy\.nsys-rep/)).toBeVisible();
    expect(readFileSync(join(folder, 'said'), 'utf8')).toMatch(/graph-lossy\.nsys-rep$/);
  });

  await test.step('Perfetto gets a file, by the command palette, which is then shown', async () => {
    const file = join(folder, 'for-perfetto.json');
    await app.evaluate(({ dialog, shell }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
      shell.showItemInFolder = (shown) => {
        process.env['SHOWN_BY_TEST'] = shown;
      };
    }, file);
    await page.keyboard.press('Control+K');
    await page.keyboard.type('perfetto');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Open in Perfetto' });
    await expect(dialog.getByText('sends it nothing and opens no browser')).toBeVisible();
    await expect(dialog.getByText(`${processor} --httpd FILE`)).toBeVisible();
    await dialog.getByLabel('Part').selectOption('all');
    await dialog.getByRole('button', { name: 'Write…' }).click();
    await expect(page.getByText(`Written to ${file}`)).toBeVisible();
    const written = JSON.parse(readFileSync(file, 'utf8')) as { traceEvents: readonly unknown[] };
    expect(written.traceEvents.length).toBeGreaterThan(100);
    await page.getByRole('button', { name: 'Show in folder' }).click();
    await expect.poll(() => app.evaluate(() => process.env['SHOWN_BY_TEST'])).toBe(file);
  });
});
