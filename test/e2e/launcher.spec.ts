// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { FakeDocker } from '../fakes/docker-daemon.ts';
import { expect, test } from './app.ts';

test('the launcher: passes, what the machine lacks with a fix, options files, flags, bad input', async ({
  start,
}) => {
  const { app, page, home } = await start();
  const result = page.getByRole('complementary', { name: 'What will run' });
  const passes = result.getByRole('list', { name: 'Passes' });
  await expect(passes.getByRole('listitem')).toHaveCount(1);
  await page.getByRole('switch', { name: 'Timing pass' }).click();
  await expect(passes.getByRole('listitem')).toHaveCount(2);
  await expect(passes).toContainText('no earlier run to estimate by');
  await expect(passes).toContainText('share one load of the program');

  await page.getByLabel('Iterations at most').fill('12x');
  await expect(page.getByRole('status').filter({ hasText: 'is not a whole number' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toHaveAttribute(
    'aria-disabled',
    'true',
  );

  await page.getByRole('combobox', { name: 'Recipe' }).selectOption({ label: 'TensorRT-LLM throughput' });
  const model = page.getByLabel('Model', { exact: true });
  await expect(page.getByRole('heading', { name: 'Dataset' })).toBeVisible();
  await expect(result).toContainText('Still to enter: Model.');
  await expect(model).toHaveAttribute('aria-invalid', 'false');
  await page.keyboard.press('Control+Enter');
  await expect(model).toBeFocused();
  await expect(model).toHaveAttribute('aria-invalid', 'true');
  await expect(result).toContainText('Model: needed before the run can start.');
  await model.fill('openai/gpt-oss-20b');
  await expect(result).toContainText('The program trtllm-bench is in none of the folders of PATH');
  await expect(result).toContainText('# Prepare the dataset');
  await expect(page.getByLabel('Dataset file')).toHaveCount(0);

  const own = join(mkdtempSync(join(tmpdir(), 'iterscope-options-')), 'mine.yaml');
  writeFileSync(own, '# mine\nmax_seq_len: 4096\n');
  await page.getByLabel('Options file (YAML)').fill(own);
  const diff = result.getByLabel('Changes of the options file');
  await expect(diff).toContainText('# mine');
  await expect(diff).toContainText('+ print_iter_log: true');

  await page.getByRole('switch', { name: 'Nsight Systems report' }).click();
  await expect(passes.getByRole('listitem')).toHaveCount(2);
  await page.getByRole('switch', { name: 'CPU samples' }).click();
  await result.getByRole('button', { name: 'Without sampling' }).click();
  await expect(page.getByRole('switch', { name: 'CPU samples' })).not.toBeChecked();

  await page.getByLabel('Find a flag').fill('programmatic launch');
  const found = page.getByRole('list', { name: 'Flags found' });
  await found.getByRole('button', { name: 'Add TRTLLM_ENABLE_PDL' }).click();
  await expect(found).toContainText('added below');
  await expect(page.getByLabel('Name of variable 1')).toHaveValue('TRTLLM_ENABLE_PDL');
  await page.getByLabel('Value of variable 1').fill('yes');
  await expect(page.getByText(/Programmatic dependent launch/).last()).toBeVisible();
  await result.getByRole('button', { name: 'Set it to 1' }).click();
  await expect(page.getByLabel('Value of variable 1')).toHaveValue('1');
  const script = join(home, 'saved.sh');
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, script);
  await page.getByRole('button', { name: 'Add variable' }).click();
  await page.getByLabel('Name of variable 2').fill('MY_API_KEY');
  await page.getByLabel('Value of variable 2').fill('hunter2hunter2');
  const shown = result.locator('pre').and(result.getByLabel('Command line'));
  await expect(shown).toContainText('MY_API_KEY="${MY_API_KEY:?}"');
  await result.getByRole('button', { name: 'Save as script' }).click();
  await expect(page.getByText(`The script is saved as ${script}.`)).toBeVisible();
  const saved = readFileSync(script, 'utf8');
  expect(saved).toBe(await shown.textContent());
  expect(saved).not.toContain('hunter2');
  expect(statSync(script).mode & 0o111).toBe(0o111);

  mkdirSync(join(home, 'data', 'recipes'), { recursive: true });
  writeFileSync(join(home, 'data', 'recipes', 'broken.json'), '{\n  "version": 2,,\n}');
  await page.evaluate(() => dispatchEvent(new Event('focus')));
  await expect(result.getByText(/broken\.json does not follow the recipe format: at line 2/)).toBeVisible();
  await expect(page.getByLabel('Value of variable 2')).toHaveValue('hunter2hunter2');
  if (process.env['LAUNCHER_PICTURES'] !== undefined) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(process.env['LAUNCHER_PICTURES'], `launcher-${colorScheme}.png`) });
    }
  }
});

test('a run in a container: the form, what is wrong at its field, the command, the run', async ({
  start,
}) => {
  const docker = new FakeDocker(mkdtempSync(join(tmpdir(), 'iterscope-docker-')), ['registry/engine:1']);
  const env = {
    PATH: `${resolve('test/fakes/bin')}${delimiter}${process.env['PATH'] ?? ''}`,
    FAKE_DOCKER_SOCKET: docker.socketPath,
  };
  try {
    const { page } = await start({ env });
    const result = page.getByRole('complementary', { name: 'What will run' });
    const run = page.getByRole('button', { name: 'Run', exact: true });
    await page.getByRole('radio', { name: 'Container' }).click();
    const image = page.getByLabel('Image', { exact: true });
    await expect(result).toContainText('Still to enter: Image.');
    await expect(image).toHaveAttribute('aria-invalid', 'false');
    await expect(run).toHaveAttribute('aria-disabled', 'true');
    await page.getByRole('button', { name: 'A/B…' }).click();
    // Each arm may have an image of its own: it is asked for there.
    await expect(page.getByText(/^The image must be the name of an image/).first()).toBeVisible();
    await page.getByRole('button', { name: /^New run/ }).click();
    await page.getByRole('radio', { name: 'Container' }).click();
    await image.focus();
    await image.blur();
    await expect(page.getByText('Name an image.')).toBeVisible();
    await image.fill('registry/engine:1');
    await page.getByLabel('GPUs', { exact: true }).fill('0,');
    await expect(page.getByText('all, none, or 0,1').last()).toBeVisible();
    await page.getByLabel('GPUs', { exact: true }).fill('none');
    await page.getByLabel('Shared memory').fill('2g');
    await page.getByRole('button', { name: 'Add mount' }).click();
    await page.getByLabel('Folder of mount 1').fill('models');
    await page.getByLabel('Place in the container of mount 1').fill('/models');
    await expect(page.getByText('The folder of this machine must be a whole path.').first()).toBeVisible();
    const mounted = mkdtempSync(join(tmpdir(), 'iterscope-models-'));
    await page.getByLabel('Folder of mount 1').fill(mounted);
    const shown = result.locator('pre').and(result.getByLabel('Command line'));
    await expect(shown).toContainText(`type=bind,source=${mounted},target=/models,readonly`);
    await expect(shown).toContainText('--shm-size 2g');
    await page.getByLabel('Iterations at most').fill('40');
    if (process.env['LAUNCHER_PICTURES'] !== undefined) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({
          path: join(process.env['LAUNCHER_PICTURES'], `container-${colorScheme}.png`),
        });
      }
    }
    await expect(run).toHaveAttribute('aria-disabled', 'false');
    await run.click();
    await expect(page.getByRole('status').getByText('Ready')).toBeVisible();
    expect(docker.started).toHaveLength(1);
    expect(docker.started[0]).toMatchObject({ image: 'registry/engine:1' });
    expect(docker.started[0]?.options?.['shm-size']).toEqual(['2g']);
    expect(docker.started[0]?.options?.['mount']).toContain(
      `type=bind,source=${mounted},target=/models,readonly`,
    );
  } finally {
    docker.close();
  }
});

test('a pasted command fills the form of a free command', async ({ start }) => {
  const { page } = await start();
  await page.getByRole('button', { name: 'Paste a command' }).click();
  const dialog = page.getByRole('dialog', { name: 'Paste a command' });
  await dialog.getByLabel('Command').fill('export A=1\nB=2 python3 run.py $MODEL');
  await dialog.getByRole('button', { name: 'Fill in the form' }).click();
  await expect(dialog).toContainText('Line 2, column 20: $ would be expanded by a shell.');
  if (process.env['LAUNCHER_PICTURES'] !== undefined) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(process.env['LAUNCHER_PICTURES'], `paste-${colorScheme}.png`) });
    }
  }
  await dialog.getByLabel('Command').fill("export A=1\nB=2 python3 run.py \\\n  'my model'");
  await dialog.getByRole('button', { name: 'Fill in the form' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByLabel('Program', { exact: true })).toHaveValue('python3');
  await expect(page.getByLabel('Arguments', { exact: true })).toHaveValue("run.py 'my model'");
  await expect(page.getByLabel('Name of variable 2')).toHaveValue('B');
});

test('a run that fails says why and what to do: a wrong option, too little memory, a signal', async ({
  start,
}) => {
  const env = { PATH: `${resolve('test/fakes/bin')}${delimiter}${process.env['PATH'] ?? ''}` };
  const { page } = await start({ env });
  const run = page.getByRole('button', { name: 'Run', exact: true });
  const failure = page.getByRole('tabpanel', { name: 'Overview' });
  const picture = async (name: string): Promise<void> => {
    if (process.env['LAUNCHER_PICTURES'] === undefined) return;
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const path = join(process.env['LAUNCHER_PICTURES'], `${name}-${colorScheme}.png`);
      await page.screenshot({ path });
    }
  };
  await page.getByRole('combobox', { name: 'Recipe' }).selectOption({ label: 'TensorRT-LLM throughput' });
  await page.getByLabel('Model', { exact: true }).fill('example/model');
  await page.getByText('More parameters').first().click();
  await page.getByLabel('Further arguments').fill('--turbo 1');
  await run.click();
  await expect(page.getByRole('status').getByText('Failed')).toBeVisible();
  await expect(failure).toContainText('trtllm-bench ended with exit code 2');
  await expect(failure).toContainText('does not know the option --turbo');
  await expect(page.getByRole('table', { name: 'Steps' })).toContainText('Prepare the dataset');
  await picture('failed');

  for (const [trouble, words] of [
    ['out-of-memory', /ended with exit code 1.*GPU ran out of memory: use a smaller batch/],
    ['die', /SIGSEGV/],
  ] as const) {
    await page.getByRole('button', { name: 'New run' }).click();
    await page.getByLabel('Further arguments').fill('');
    if ((await page.getByLabel('Name of variable 1').count()) === 0) {
      await page.getByRole('button', { name: 'Add variable' }).click();
      await page.getByLabel('Name of variable 1').fill('FAKE_TROUBLE');
    }
    await page.getByLabel('Value of variable 1').fill(trouble);
    await run.click();
    await expect(failure).toContainText(words);
  }

  // The servers' form, for one that runs already: what only its own start decides is not asked.
  await page.getByRole('button', { name: 'New run' }).click();
  await page.getByRole('combobox', { name: 'Recipe' }).selectOption({ label: 'TensorRT-LLM server' });
  await page.getByLabel('Model', { exact: true }).fill('example/model');
  await expect(page.getByLabel('Tensor parallel')).toBeVisible();
  await page
    .getByLabel('Server', { exact: true })
    .selectOption({ label: 'runs already, recorded over HTTP' });
  await expect(page.getByLabel('Tensor parallel')).toHaveCount(0);
  const result = page.getByRole('complementary', { name: 'What will run' });
  await expect(result).toContainText('Nothing listens on port 8000 of 127.0.0.1');
  await page.getByRole('switch', { name: 'Nsight Systems report' }).click();
  await expect(page.getByText(/Nsight Systems report has to start the server/).first()).toBeVisible();
  await expect(run).toHaveAttribute('aria-disabled', 'true');
  await picture('running-server');
});
