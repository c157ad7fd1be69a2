// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import yauzl from 'yauzl';
import { expect, test } from './app.ts';

const SECRET = 'hunter2-hunter2';

/** A home whose settings are one of the fixtures. */
function homeWith(fixture: string): string {
  const home = mkdtempSync(join(tmpdir(), 'iterscope-e2e-'));
  mkdirSync(join(home, 'config'));
  copyFileSync(resolve('test/fixtures/settings', fixture), join(home, 'config', 'settings.json'));
  return home;
}

test.describe('settings', () => {
  test('of an older version are taken over, changed, and kept for the next start', async ({ start }) => {
    const { app, page, home } = await start({ home: homeWith('v1.json') });
    await expect(page.locator(':root')).toHaveAttribute('data-theme', 'light');
    await page.getByRole('button', { name: 'Settings' }).click();
    await expect(page.getByRole('region', { name: 'Storage' })).toContainText(join(home, 'data', 'logs'));
    await page.getByLabel('Era of new runs').selectOption('e2');
    await page.getByLabel('Telemetry of profiled runs').selectOption('10');
    const limit = page.getByLabel('Limit of the trace cache');
    await limit.fill('7.5');
    await expect(page.getByText(/Give a whole number of GiB/)).toBeVisible();
    await limit.fill('7');
    await expect(page.getByText(/Give a whole number of GiB/)).toBeHidden();
    const stored = (): unknown => JSON.parse(readFileSync(join(home, 'config', 'settings.json'), 'utf8'));
    await expect.poll(stored).toEqual({
      version: 2,
      theme: 'light',
      era: 'e2',
      telemetryHz: 10,
      notifications: true,
      cacheLimitGib: 7,
    });
    await app.close();
    const again = await start({ home });
    // A new form begins with the era that was chosen.
    await expect(again.page.getByRole('complementary', { name: 'What will run' })).toContainText('--era e2');
    await again.page.keyboard.press('Control+,');
    await expect(again.page.getByLabel('Limit of the trace cache')).toHaveValue('7');
  });

  test('of a newer Iterscope are left as they are, and that is said', async ({ start }) => {
    const home = homeWith('newer.json');
    const before = readFileSync(join(home, 'config', 'settings.json'), 'utf8');
    const { page } = await start({ home });
    const notices = page.getByRole('region', { name: 'Notices' });
    await expect(notices).toContainText('belongs to a newer Iterscope (settings version 99)');
    await page.getByRole('radio', { name: 'Light theme' }).click();
    await expect(notices).toContainText('Settings cannot be kept');
    await expect(page.locator(':root')).toHaveAttribute('data-theme', 'light');
    expect(readFileSync(join(home, 'config', 'settings.json'), 'utf8')).toBe(before);
  });

  test('that are damaged are kept aside, and that is said', async ({ start }) => {
    const { page, home } = await start({ home: homeWith('damaged.txt') });
    await expect(page.getByRole('region', { name: 'Notices' })).toContainText('settings.json.damaged');
    expect(existsSync(join(home, 'config', 'settings.json.damaged'))).toBe(true);
  });
});

test.describe('what a bug report needs', () => {
  test('versions can be copied; the archive holds what is listed, and no secret', async ({ start }) => {
    const { app, page, home } = await start({ env: { MY_API_KEY: SECRET } });
    await test.step('something that failed is in the log, without the secret', async () => {
      await page.evaluate(
        (id) =>
          (
            window as unknown as { iterscope: { invoke(name: string, input: unknown): Promise<unknown> } }
          ).iterscope.invoke('runs.get', { id }),
        SECRET,
      );
    });
    await page.getByRole('button', { name: 'About Iterscope' }).click();
    const about = page.getByRole('dialog', { name: 'About Iterscope' });
    await expect(about).toContainText('Store format');
    await about.getByRole('button', { name: 'Copy' }).click();
    await expect
      .poll(() => app.evaluate(({ clipboard }) => clipboard.readText()))
      .toMatch(/^Iterscope: [\d.]+\nNative module: [\d.]+\nStore format: \d+\nElectron: 33\.2\.1\n/);
    await page.keyboard.press('Escape');

    await page.keyboard.press('Control+,');
    await page.getByRole('button', { name: 'Diagnostics…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Diagnostics' });
    const table = dialog.getByRole('table', { name: 'What the archive holds' });
    await expect(table).toContainText('logs/iterscope.log');
    const path = join(home, 'diagnostics.zip');
    await app.evaluate(({ dialog: system }, filePath) => {
      system.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    }, path);
    await dialog.getByRole('button', { name: 'Save the archive…' }).click();
    await expect(page.getByRole('region', { name: 'Notices' })).toContainText('Nothing was sent anywhere.');

    const names: string[] = [];
    const zip = await yauzl.openPromise(path);
    for await (const entry of zip.eachEntry()) {
      names.push(entry.fileName);
      const content = await text(await zip.openReadStreamPromise(entry));
      expect(content, entry.fileName).not.toContain(SECRET);
      if (entry.fileName === 'logs/iterscope.log') expect(content).toContain('"method":"runs.get"');
    }
    expect(names).toEqual(['about.json', 'settings.json', 'logs/iterscope.log']);
  });
});
