// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import { problemsOf } from './axe.ts';
import { expect, test } from './app.ts';
import { makeRun } from './made-run.ts';

const statistics = resolve('test/fixtures/expert-statistic');
const figure = (page: Page, name: string) => page.getByRole('group', { name, exact: true });
const pictures = process.env['ITERSCOPE_PICTURES'];

/** A picture of each page in both themes, for whoever asks for them. */
async function pictureOf(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  const notices = page.getByRole('region', { name: 'Notices' }).getByRole('button');
  while ((await notices.count()) > 0) await notices.first().click();
  for (const theme of ['Dark', 'Light']) {
    await page.getByRole('radio', { name: `${theme} theme` }).click();
    await page.screenshot({ path: join(pictures, `${name}-${theme.toLowerCase()}.png`) });
  }
}

/** A plan without replicas where those experts that had some come first: the hot ones meet on the first ranks. */
function crowded(yaml: string): string {
  const lines = [...yaml.matchAll(/^ {2}(\d+): \[(.*)\]$/gm)].map(([, layer, text]) => {
    const slots = (text ?? '').split(', ');
    const count = (expert: string): number => slots.filter((of) => of === expert).length;
    const experts = [...new Set(slots)].sort((a, b) => count(b) - count(a));
    return `  ${layer ?? ''}: [${experts.join(', ')}]\n`;
  });
  return `num_slots: 64\ninitial_global_assignments:\n${lines.join('')}`;
}

async function answerDialogs(app: ElectronApplication, path: string): Promise<void> {
  await app.evaluate(({ dialog }, chosen) => {
    // The system's dialogs cannot be driven; what they return can.
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: chosen });
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
  }, path);
}

/** Titles of panels that are wider than their place. */
const cutTitles = (page: Page): Promise<readonly string[]> =>
  page
    .locator('.expert-panel__title h2, h2.expert-panel__title')
    .evaluateAll((titles) =>
      titles.filter((title) => title.scrollWidth > title.clientWidth).map((title) => title.textContent),
    );

/** A file that the application may not have written yet. */
const written = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');

test('expert load is looked at, planned for and saved, by mouse and by keyboard', async ({ start }) => {
  const { app, page, home } = await start({ files: [statistics] });
  const tab = (name: string) => page.getByRole('tab', { name, exact: true });

  await test.step('load: layers by keyboard, order and columns by mouse', async () => {
    await page.getByRole('combobox', { name: 'Placement', exact: true }).selectOption('8');
    await expect(figure(page, 'Imbalance over 8 ranks')).toContainText(/\d\.\d{3}/);
    const before = await figure(page, 'Imbalance over 8 ranks').textContent();
    await page.getByRole('listbox', { name: /^Layers/ }).focus();
    await page.keyboard.press('ArrowDown');
    await expect(page.getByRole('region', { name: 'Load of layer 1' })).toContainText('hottest expert');
    await expect(figure(page, 'Imbalance over 8 ranks')).not.toHaveText(before ?? '');
    await expect(page.getByText(/^Hot: \d+/)).toBeVisible();
    await expect(figure(page, 'vLLM balancedness')).toContainText(/0\.\d{3}/);
    const ranksFile = join(home, 'ranks.csv');
    await answerDialogs(app, ranksFile);
    await page.getByRole('button', { name: 'Save ranks' }).click();
    await page.getByRole('menuitem', { name: 'Save as CSV' }).click();
    await expect.poll(() => written(ranksFile)).toContain('rank,tokens\n0,');
    await page.getByRole('radio', { name: 'Lorenz curve' }).click();
    await expect(page.getByRole('img', { name: /^Lorenz curve of layer 1/ })).toBeVisible();
    await page.getByRole('radio', { name: 'Ranks' }).first().click();
    await expect(page.getByRole('img', { name: /^Load of 8 ranks in 16 layers/ })).toBeVisible();
    expect(await problemsOf(page)).toEqual([]);
    for (const [format, begin] of [
      ['SVG', '<svg'],
      ['PNG', '\u0089PNG'],
    ] as const) {
      const file = join(home, `layer.${format}`);
      await answerDialogs(app, file);
      await page.getByRole('button', { name: 'Save chart' }).click();
      await page.getByRole('menuitem', { name: `Save as ${format}` }).click();
      await expect(page.getByRole('region', { name: 'Notices' })).toContainText(`Written to ${file}`);
      expect(readFileSync(file, 'latin1').startsWith(begin)).toBe(true);
    }
    // What is saved is what is shown: here the curve.
    expect(readFileSync(join(home, 'layer.SVG'), 'utf8')).toContain('perfectly even');
    await page.getByRole('radio', { name: 'By id' }).click();
    await page.getByRole('button', { name: 'Hold against' }).click();
    await page.getByRole('menuitemcheckbox', { name: /Perfect router, planner.* era e1/ }).click();
    await page.keyboard.press('Escape');
    const table = join(home, 'layer.csv');
    await answerDialogs(app, table);
    await expect
      .poll(async () => {
        await page.getByRole('button', { name: 'Save chart' }).click();
        await page.getByRole('menuitem', { name: 'Save as CSV' }).click();
        return readFileSync(table, 'utf8').split('\n')[0];
      })
      .toContain('perfect router, expected (e1)');
    await page.setViewportSize({ width: 1100, height: 700 });
    await expect(page.getByRole('button', { name: 'Save heat map' })).toBeVisible();
    await expect(page.getByRole('listitem').filter({ hasText: 'Rank 7' })).toBeInViewport();
    await pictureOf(page, 'load-small');
    await page.setViewportSize({ width: 1600, height: 1000 });
    await pictureOf(page, 'load');
  });

  await test.step('over iterations: a row’s iterations become the window of every page', async () => {
    await tab('Load').focus();
    await page.keyboard.press('ArrowRight');
    await expect(tab('Over iterations')).toHaveAttribute('aria-selected', 'true');
    const map = page.getByRole('img', { name: /^Load of 64 experts in 140 rows of iterations, layer 1/ });
    await expect(map).toBeVisible();
    await expect(page.getByRole('region', { name: 'Imbalance over iterations' })).toContainText(/median \d/);
    await expect(page.getByRole('img', { name: /^Hot set and drift in 14 windows/ })).toBeVisible();
    const hotSet = join(home, 'hot-set.csv');
    await answerDialogs(app, hotSet);
    await page.getByRole('button', { name: 'Save hot set' }).click();
    await page.getByRole('menuitem', { name: 'Save as CSV' }).click();
    const head = 'iteration,overlap with the hot set before,drift from the first';
    await expect.poll(() => written(hotSet)).toMatch(new RegExp(`^${head}\\n0,,0\\n10,[01]`));
    await pictureOf(page, 'iterations');
    await map.click({ position: { x: 200, y: 120 } });
    const first = page.getByLabel('First iteration');
    await expect(first).not.toHaveValue('0');
    await expect(page.getByLabel('Last iteration')).toHaveValue(await first.inputValue());
    await page.getByRole('button', { name: 'All iterations' }).click();
    await expect(first).toHaveValue('0');
  });

  await test.step('table: every metric explains itself, and is saved', async () => {
    await tab('Table').click();
    const table = page.getByRole('table', { name: 'Metrics by layer' });
    await expect(table.getByRole('row')).toHaveCount(18);
    await table.getByRole('button', { name: 'Gini' }).hover();
    await expect(page.getByText(/^Gini coefficient of the tokens per expert/)).toBeVisible();
    await pictureOf(page, 'table');
    const file = join(home, 'metrics.csv');
    await answerDialogs(app, file);
    await page.getByRole('button', { name: 'Save as CSV' }).click();
    await expect(page.getByRole('region', { name: 'Notices' })).toContainText(`Written to ${file}`);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(lines).toHaveLength(17);
    expect(lines[0]).toContain('layer,tokens,rankImbalanceMean');
    await table.getByRole('button', { name: 'Layer 3' }).click();
    await expect(page.getByRole('combobox', { name: 'Layer' })).toHaveValue('3');
  });

  await test.step('placement: a plan is made by keyboard, saved, loaded back, and a bad one is called worse', async () => {
    await tab('Placement').click();
    const form = page.getByRole('form', { name: 'Plan' });
    await form.getByLabel('Slots').fill('81');
    await expect(form).toContainText('choose 88');
    await form.getByLabel('Slots').fill('80');
    await form.getByLabel('Bytes per expert').fill('1048576');
    await page.keyboard.press('Enter');
    await expect(page.getByText(/Plan made here\. Better/)).toBeVisible();
    await expect(figure(page, 'Memory for replicas')).toContainText('32.0 MiB');
    await expect(page.getByRole('table', { name: 'Plan by layer' }).getByRole('row')).toHaveCount(18);
    await expect(page.getByRole('img', { name: /^Tokens of 80 places.*plan/ })).toBeVisible();
    await expect(page.getByRole('img', { name: /^Imbalance left by 9 numbers of slots/ })).toBeVisible();
    const planned = await figure(page, 'Imbalance with the plan').textContent();
    await pictureOf(page, 'placement');
    const file = join(home, 'eplb.yaml');
    await answerDialogs(app, file);
    await page.getByRole('button', { name: 'Save as YAML…' }).click();
    await expect.poll(() => readFileSync(file, 'utf8')).toContain('num_slots: 80');
    await page.getByRole('button', { name: 'Load a YAML…' }).click();
    await expect(page.getByText(/eplb\.yaml\. Better/)).toBeVisible();
    await expect(figure(page, 'Imbalance with the plan')).toHaveText(planned ?? '');
    await page.getByRole('button', { name: 'Show load under it' }).click();
    await expect(tab('Load')).toHaveAttribute('aria-selected', 'true');
    await expect(figure(page, 'Imbalance over 8 ranks of the plan')).toContainText(/\d\.\d{3}/);
    const placement = page.getByRole('combobox', { name: 'Placement', exact: true });
    await expect(placement).toHaveValue('plan');
    await pictureOf(page, 'load-plan');
    await placement.selectOption('8');
    await expect(figure(page, 'Imbalance over 8 ranks')).toContainText(/\d\.\d{3}/);
    await tab('Placement').click();
    writeFileSync(file, crowded(readFileSync(file, 'utf8')));
    await page.getByRole('button', { name: 'Load a YAML…' }).click();
    await expect(page.getByText(/eplb\.yaml\. Worse: .* Keep contiguous blocks/)).toBeVisible();
    writeFileSync(file, 'shopping: list');
    await page.getByRole('button', { name: 'Load a YAML…' }).click();
    await expect(page.getByRole('alert')).toContainText('not a moe_load_balancer file');
  });

  await test.step('gain: cannot be answered without a share of time, and is a band with it', async () => {
    await tab('What balance gains').click();
    await expect(figure(page, 'Estimated gain from balance')).toContainText('cannot answer');
    await page.getByLabel('Expert computing, share of an iteration').fill('40');
    await expect(figure(page, 'Estimated gain from balance')).toContainText(/\d+\.\d to \d+\.\d %/);
    await expect(page.getByRole('img', { name: 'Gain from balance: estimated' })).toBeVisible();
    await expect(page.getByText('No trace of this run is here')).toBeVisible();
    await pictureOf(page, 'gain');
  });

  await test.step('perfect router: small batches of the first era meet on the first ranks', async () => {
    await tab('Perfect router').click();
    await expect(page.getByText(/makes outputs wrong/)).toBeVisible();
    const ranks = page.getByRole('list', { name: 'Tokens per rank' });
    await expect(ranks.getByRole('listitem').last()).toContainText('0 · 0.0 %');
    await page.getByRole('combobox', { name: 'Era' }).selectOption('e2');
    await expect(ranks.getByRole('listitem').last()).toContainText('4 · 12.5 %');
    expect(await problemsOf(page)).toEqual([]);
    await pictureOf(page, 'router');
  });

  await test.step('in a small window no title is cut', async () => {
    await page.setViewportSize({ width: 1100, height: 700 });
    for (const name of ['Load', 'Over iterations', 'Placement', 'What balance gains', 'Perfect router']) {
      await tab(name).click();
      expect(await cutTitles(page)).toEqual([]);
      await pictureOf(page, `small-${name.toLowerCase().replaceAll(' ', '-')}`);
    }
  });
});

test('a run with the perfect router tells how that was verified, its phases, and time beside tokens', async ({
  start,
}) => {
  const home = mkdtempSync(join(tmpdir(), 'iterscope-e2e-'));
  const run = makeRun(home, '--window', '2+16', '--trace', '--expert-statistics', '--perfect-router');
  const { app, page } = await start({ home });
  await page.getByRole('listitem').getByText(run.title).first().click();
  await page.getByRole('tab', { name: 'Experts', exact: true }).click();
  const tab = (name: string) => page.getByRole('tab', { name, exact: true });

  await test.step('the log and the recorded tokens say that it was on', async () => {
    await tab('Perfect router').click();
    await expect(page.getByText(/In this run it was on: \d+ lines? of the log say so/)).toBeVisible();
    await expect(page.getByText(/recorded tokens of layer 0 are 0\.0 % away/)).toBeVisible();
    await pictureOf(page, 'router-run');
  });

  await test.step('context and generation are apart', async () => {
    await tab('Over iterations').click();
    await expect(
      page.getByText(/Mean in context iterations \d\.\d+, in generation iterations \d\.\d+/),
    ).toBeVisible();
    await pictureOf(page, 'iterations-run');
  });

  await test.step('time of experts is told by layer and rank, beside their tokens', async () => {
    await tab('What balance gains').click();
    await expect(page.getByText('Told by the operator moe.experts of the embedded engine.')).toBeVisible();
    await expect(page.getByRole('img', { name: 'Expert time of 2 ranks in 2 layers' })).toBeVisible();
    await expect(figure(page, 'Estimated by measured times')).toContainText(/\d\.\d %/);
    const ranks = page.getByRole('table', { name: 'Expert time by rank' });
    await expect(ranks.getByRole('row')).toHaveCount(3);
    await expect(ranks).not.toContainText('cannot answer');
    await expect(page.getByRole('table', { name: 'Expert time by layer' }).getByRole('row')).toHaveCount(3);
    const file = join(home, 'time.csv');
    await answerDialogs(app, file);
    await page.getByRole('button', { name: 'Save time map' }).click();
    await page.getByRole('menuitem', { name: 'Save as CSV' }).click();
    await expect.poll(() => written(file)).toMatch(/^layer,rank,ns\n0,0,\d+\n0,1,\d+\n/);
    const picture = join(home, 'gain.svg');
    await answerDialogs(app, picture);
    await page.getByRole('button', { name: 'Save gain', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Save as SVG' }).click();
    await expect.poll(() => written(picture)).toContain('by measured times');
    expect(await problemsOf(page)).toEqual([]);
    await pictureOf(page, 'gain-run');
  });
});

test('a log of vLLM says what it cannot tell; a table beside a GPU’s trace gets its time by layer', async ({
  start,
}) => {
  const home = mkdtempSync(join(tmpdir(), 'iterscope-e2e-'));
  const log = join(home, 'server.log');
  const line = (at: number) =>
    `INFO [eplb_state.py:360] EPLB step: ${at} for model m: avg_tokens=${at % 7}.00, max_tokens=8, balancedness=${((at % 7) / 8).toFixed(4)}\n`;
  writeFileSync(log, `INFO up\n${Array.from({ length: 60 }, (_, at) => line(at)).join('')}`);
  // Tokens of six layers in the iterations that the recording holds.
  const table = join(home, 'counts.csv');
  const rows = Array.from({ length: 12 * 6 * 4 }, (_, at) =>
    [20 + Math.floor(at / 24), Math.floor(at / 4) % 6, at % 4, 1 + (at % 5)].join(','),
  );
  writeFileSync(table, `iteration,layer,expert,tokens\n${rows.join('\n')}\n`);
  const trace = resolve('test/fixtures/traces/h100-workload-graphs.json.gz');
  const { page } = await start({ home, files: [log, table, trace] });
  const tab = (name: string) => page.getByRole('tab', { name, exact: true });
  await tab('Experts').click();
  await expect(figure(page, 'vLLM balancedness')).toContainText('0.3');
  await expect(page.getByText(/Which layer, expert or rank was hot cannot be answered/)).toBeVisible();
  await expect(page.getByRole('img', { name: 'vLLM balancedness in 60 rows of its log' })).toBeVisible();
  expect(await problemsOf(page)).toEqual([]);
  await pictureOf(page, 'balance-log');
  await page.getByRole('combobox', { name: 'Statistics' }).selectOption('counts.csv');
  await tab('What balance gains').click();
  await expect(
    page.getByText('Told by MoE kernels. Layers of 100.0 % are inferred from the order'),
  ).toBeVisible();
  await expect(page.getByRole('img', { name: 'Expert time of 1 rank in 6 layers' })).toBeVisible();
  const layers = page.getByRole('table', { name: 'Expert time by layer' });
  await expect(layers.getByRole('row', { name: /^Layer 0 1\.195 ms/ })).toBeVisible();
  await pictureOf(page, 'gain-gpu');
});
