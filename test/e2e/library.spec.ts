// SPDX-License-Identifier: Apache-2.0
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './app.ts';
import { makeRun } from './made-run.ts';
import { problemsOf } from './axe.ts';

const grid = (page: Page) => page.getByRole('grid', { name: 'Runs of the library' });
const dataRows = (page: Page) =>
  grid(page)
    .getByRole('row')
    .filter({ has: page.getByRole('gridcell') });
const action = (page: Page, name: string) =>
  page.getByRole('toolbar', { name: 'Actions' }).getByRole('button', { name, exact: true });

async function showLibrary(page: Page): Promise<void> {
  await page.keyboard.press('Control+l');
  await expect(grid(page)).toBeFocused();
}

test.describe('the library of runs', () => {
  test('is filtered, sorted, annotated and cleared by keys, and runs go on from it', async ({ start }) => {
    const home = mkdtempSync(join(tmpdir(), 'iterscope-e2e-'));
    const plain = makeRun(home);
    const perfect = makeRun(home, '--perfect-router', '--env', 'NOTE_OF_TEST=kept');
    const { page, app } = await start({ home });
    await showLibrary(page);
    await expect(dataRows(page)).toHaveCount(2);
    await expect(dataRows(page).first()).toContainText('perfect router');
    await expect(dataRows(page).first()).toContainText(/tok\/s/);
    await expect(dataRows(page).first()).toContainText(/KiB|MiB/);

    const left = async (role: 'columnheader' | 'gridcell', row: number): Promise<(number | undefined)[]> => {
      const cells = await grid(page).getByRole('row').nth(row).getByRole(role).all();
      const boxes = await Promise.all(cells.map((cell) => cell.boundingBox()));
      return boxes.map((box) => box?.x);
    };
    const heads = await left('columnheader', 0);
    expect(await left('gridcell', 1)).toEqual(heads);
    expect(await left('gridcell', 2)).toEqual(heads);

    await page.getByRole('button', { name: 'Started' }).click();
    await expect(dataRows(page).first()).toContainText('learned router');
    await grid(page).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('F2');
    const dialog = page.getByRole('dialog', { name: 'Rename, tags, notes' });
    await expect(dialog.locator(':focus')).toHaveCount(1);
    await page.keyboard.type('Baseline of the night');
    await dialog.getByLabel('Tags').fill('night, base');
    await dialog.getByLabel('Notes').fill('Before the new kernels.');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dataRows(page).first()).toContainText('Baseline of the night');
    const said: unknown = JSON.parse(
      readFileSync(join(home, 'data', 'runs', plain.id, 'annotations.json'), 'utf8'),
    );
    expect(said).toMatchObject({ title: 'Baseline of the night', tags: ['night', 'base'] });

    await grid(page).focus();
    await page.keyboard.press('/');
    await page.keyboard.type('kernels');
    await expect(dataRows(page)).toHaveCount(1);
    await page.keyboard.press('Escape');
    await expect(dataRows(page)).toHaveCount(2);
    await page.getByRole('combobox', { name: 'Tag' }).selectOption('base');
    await expect(dataRows(page)).toHaveCount(1);
    await page.getByRole('button', { name: 'Clear', exact: true }).click();

    await grid(page).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Delete');
    await expect(dataRows(page)).toHaveCount(1);
    expect(existsSync(join(home, 'data', 'runs', plain.id))).toBe(false);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(dataRows(page)).toHaveCount(2);
    expect(existsSync(join(home, 'data', 'runs', plain.id, 'manifest.json'))).toBe(true);

    await test.step('deleted by the mouse, brought back by keys', async () => {
      await dataRows(page).filter({ hasText: 'perfect' }).click();
      await action(page, 'Delete').click();
      await expect(dataRows(page)).toHaveCount(1);
      expect(readdirSync(join(home, 'data', 'trash'))).toEqual([expect.stringMatching(`${perfect.id}$`)]);
      await grid(page).focus();
      await page.keyboard.press('Control+z');
      await expect(dataRows(page)).toHaveCount(2);
    });

    await test.step('sorted by keys', async () => {
      const head = page.getByRole('columnheader', { name: 'Started' });
      await page.getByRole('button', { name: 'Started' }).focus();
      await page.keyboard.press('Enter');
      await expect(head).toHaveAttribute('aria-sort', 'descending');
      await expect(dataRows(page).first()).toContainText('perfect router');
      await page.keyboard.press('Enter');
      await expect(head).toHaveAttribute('aria-sort', 'ascending');
    });

    await test.step('disk use is measured, and what can be had back is offered', async () => {
      await page.getByRole('button', { name: /^Disk use \d/ }).click();
      const use = page.getByRole('table', { name: 'Disk use' });
      await expect(use.getByRole('row', { name: /^Manifests and logs/ })).toContainText(
        /[1-9][\d.]* (KiB|MiB)/,
      );
      await expect(use.getByRole('row', { name: /^Trash/ })).toContainText('0 deleted runs');
      await expect(use.getByRole('button', { name: 'Empty trash' })).toBeDisabled();
      expect(await problemsOf(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await expect(use).toBeHidden();
      await dataRows(page).filter({ hasText: 'Baseline' }).click();
      await action(page, 'Free space').click();
      await page.getByRole('button', { name: 'Delete artifacts for good' }).click();
      const artifacts = join(home, 'data', 'runs', plain.id, 'artifacts');
      const kept = plain.artifacts.map(({ path }) => join(artifacts, path));
      expect(kept.length).toBeGreaterThan(0);
      await expect.poll(() => kept.filter((path) => existsSync(path))).toEqual([]);
      await expect(dataRows(page).filter({ hasText: 'Baseline' })).toContainText(/tok\/s/);
    });

    // Two runs of one title are told apart in the narrow list, too.
    const item = page.getByRole('list', { name: 'Runs' }).getByRole('button', { name: /perfect router/i });
    await expect(item).toHaveAttribute('title', /perfect router, .*layers 2.*NOTE_OF_TEST=kept/);
    expect(await problemsOf(page)).toEqual([]);

    await dataRows(page).filter({ hasText: 'perfect' }).click();
    await action(page, 'Duplicate and edit').click();
    await expect(page.getByRole('switch', { name: 'Perfect router' })).toBeChecked();
    await expect(page.getByLabel('Layers', { exact: true })).toHaveValue('2');
    await showLibrary(page);
    await action(page, 'Run again').focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: perfect.title })).toBeVisible();
    await showLibrary(page);
    await expect(dataRows(page)).toHaveCount(3);

    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Notes' }).click();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('columnheader', { name: 'Notes' })).toBeHidden();
    await expect(dataRows(page).last()).toContainText('Ready');
    await app.close();
    const again = await start({ home });
    await showLibrary(again.page);
    await expect(again.page.getByRole('columnheader', { name: 'Tags' })).toBeVisible();
    await expect(again.page.getByRole('columnheader', { name: 'Notes' })).toBeHidden();
    await expect(again.page.getByRole('columnheader', { name: 'Started' })).toHaveAttribute(
      'aria-sort',
      'ascending',
    );
  });

  test('a run goes out as one file and comes back; what is hostile is refused', async ({ start }) => {
    const home = mkdtempSync(join(tmpdir(), 'iterscope-e2e-'));
    const run = makeRun(home);
    const { page, app } = await start({ home });
    const archive = join(home, 'out.iterscope.zip');
    const notes = join(home, 'notes.zip');
    writeFileSync(notes, 'shopping list');
    await app.evaluate(
      ({ dialog }, [out, bad]) => {
        // The system's dialogs cannot be driven; what they return can.
        dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: out ?? '' });
        dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [bad ?? '', out ?? ''] });
      },
      [archive, notes],
    );
    await showLibrary(page);
    await page.keyboard.press('ArrowDown');
    await action(page, 'Export').click();
    await expect(page.getByText(`Written to ${archive}.`)).toBeVisible();
    await grid(page).focus();
    await page.keyboard.press('Delete');
    await expect(page.getByText('No run yet').first()).toBeVisible();
    await page.getByRole('button', { name: 'Import…' }).click();
    await expect(page.getByText(/notes\.zip is not an archive of a run/)).toBeVisible();
    await expect(dataRows(page)).toHaveCount(1);
    await expect(dataRows(page).first()).toContainText('imported');
    // What somebody else ran is never started unseen.
    await action(page, 'Run again').click();
    await expect(page.getByRole('region', { name: 'Notices' })).toContainText('came with an imported run');
    await expect(page.getByRole('button', { name: /^Run/ }).first()).toBeVisible();
    await showLibrary(page);
    await expect(dataRows(page)).toHaveCount(1);
    await test.step('and both by keys', async () => {
      rmSync(archive);
      await grid(page).focus();
      await page.keyboard.press('Home');
      await action(page, 'Export').focus();
      await page.keyboard.press('Enter');
      await expect.poll(() => existsSync(archive)).toBe(true);
      await grid(page).focus();
      await page.keyboard.press('Delete');
      await expect(page.getByText('No run yet').first()).toBeVisible();
      await page.getByRole('button', { name: 'Import…' }).focus();
      await page.keyboard.press('Enter');
      await expect(dataRows(page)).toHaveCount(1);
    });
    await dataRows(page).first().dblclick();
    await expect(page.getByRole('heading', { name: run.title })).toBeVisible();
  });

  test('of five thousand runs holds only visible rows, and finds one among them', async ({ start }) => {
    const home = mkdtempSync(join(tmpdir(), 'iterscope-e2e-'));
    const run = makeRun(home);
    for (let at = 0; at < 5_000; at += 1) {
      const id = `20260101T000000Z-copy-${at.toString().padStart(4, '0')}`;
      mkdirSync(join(home, 'data', 'runs', id));
      const copy = { ...run, id, title: `Copy ${at}`, createdAt: '2026-01-01T00:00:00.000Z' };
      writeFileSync(join(home, 'data', 'runs', id, 'manifest.json'), JSON.stringify(copy));
    }
    const { page } = await start({ home });
    await expect(page.getByText('4,951 older runs are in the library.')).toBeVisible();
    await showLibrary(page);
    await expect(page.getByRole('status').filter({ hasText: '5,001 runs' })).toBeVisible();
    expect(await dataRows(page).count()).toBeLessThan(100);
    await page.keyboard.press('/');
    await page.keyboard.type('copy 4711');
    await expect(dataRows(page)).toHaveCount(1);
    await expect(dataRows(page).first()).toContainText('Copy 4711');
  });
});
