// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseIterationLine } from '#main/launch/iteration-log.ts';
import { planLaunch } from '#main/launch/plan.ts';
import { previewLaunch } from '#main/launch/preview.ts';
import { readRecipe } from '#main/launch/recipe-file.ts';
import { passScript } from '#main/launch/script.ts';
import { MASK, maskWords, redact } from '#main/launch/secrets.ts';
import { quoteWord, shellText } from '#main/launch/shell.ts';
import { containerTarget } from '#shared/contract/target.ts';
import { temporaryFolder } from '../../builders/folder.ts';
import { makeForm, makeRecipe, places, recipeOf } from '../../builders/recipe.ts';

/** Recipes come from anybody, and forms come with runs that were imported. */

const folder = temporaryFolder();
const noEstimate = { runs: 0, wallMs: null, bytes: null };

/** Runs a script in a folder of its own and says whether it made the file "pwned" there. */
function pwns(script: string): boolean {
  const cwd = folder();
  writeFileSync(join(cwd, 'script.sh'), script);
  try {
    execFileSync('bash', ['--norc', 'script.sh', join(cwd, 'out')], { cwd, stdio: 'ignore' });
  } catch {
    // It starts programs that do not exist here.
  }
  return existsSync(join(cwd, 'pwned')) || existsSync(join(cwd, 'out', 'pwned'));
}

describe('what a stranger wrote never becomes a shell’s words', () => {
  test.each([
    ['x; touch pwned; y', 'v'],
    ['$(touch pwned)', 'v'],
    ['`touch pwned`_TOKEN', 'v'],
    ['A\ntouch pwned\n', 'v'],
    ['X_TOKEN; touch pwned; Y_TOKEN', 'v'],
  ])('a variable named %j', (name, value) => {
    const form = makeForm({ extraEnvironment: [{ name, value }] });
    const preview = previewLaunch(makeRecipe(), form, {
      places,
      inherited: new Set(),
      optionsText: '',
      estimate: () => noEstimate,
    });
    expect(preview.runnable).toBe(false);
    expect(pwns(preview.shell)).toBe(false);
    expect(pwns(preview.passes[0]?.script ?? '')).toBe(false);
    const target = containerTarget.parse({ kind: 'container', runtime: 'docker', image: 'x' });
    const contained = planLaunch(makeRecipe(), { ...form, target }, places);
    expect(pwns(passScript(contained, 'x', 'f', new Set([name])))).toBe(false);
  });

  test('the title of a step, and of a pass', () => {
    const recipe = makeRecipe();
    const steps = recipe.steps.map((step) => ({ ...step, title: 'Load\ntouch pwned #' }));
    const plan = planLaunch({ ...recipe, steps }, makeForm(), places);
    expect(pwns(passScript(plan, 'Timing\ntouch pwned #', 'f', new Set()))).toBe(false);
  });

  test('a program that looks like a variable', () => {
    const command = { program: 'X=1', args: ['touch', 'pwned'], environment: [], unset: [] };
    expect(pwns(shellText(command))).toBe(false);
    expect(quoteWord('--layers=8')).toBe('--layers=8');
  });
});

test.each(['../../../evil.yaml', '/etc/evil.yaml', '..', 'a/b.yaml', 'a\nb'])(
  'a recipe whose options file is %j is refused',
  (file) => {
    const recipe = { ...makeRecipe(), yaml: { argument: '--options', file } };
    expect(readRecipe(recipe)).toMatchObject({ ok: false });
    expect(recipeOf({ ...recipe, yaml: { argument: '--options', file: 'options.yaml' } }).yaml?.file).toBe(
      'options.yaml',
    );
  },
);

describe('text that was made to be slow is read in linear time', () => {
  // Of quadratic work these would take minutes, and the test would run into its limit.
  test('lines of a log', () => {
    const lines = [
      `iter = 1, ${'a'.repeat(4_000)}`,
      `iter = 1, ${'states={'.repeat(500)}`,
      `iter = 1, ${"'a".repeat(2_000)}`,
    ];
    for (let round = 0; round < 4_000; round += 1) {
      for (const line of lines) expect(parseIterationLine(line)).toBeNull();
    }
  });

  test('text that is masked', () => {
    for (const piece of ['a', 'a1', '-', '--a-', 'x://', 'Bearer ', '"a\\', 'a= ', 'a\n']) {
      const text = piece.repeat(400_000 / piece.length);
      expect(redact(text, []).length).toBeGreaterThan(100_000);
    }
  });
});

test.each([
  ['--api-key=swordfish', `--api-key=${MASK}`],
  ['serve --hf-token swordfish --port 80', `serve --hf-token ${MASK} --port 80`],
  ["serve --password 'sword fish'", `serve --password ${MASK}`],
  ['"args": ["--api-key", "swordfish"]', `"args": ["--api-key", "${MASK}"]`],
  ['"args": [\n  "--api-key",\n  "swordfish"\n]', `"args": [\n  "--api-key",\n  "${MASK}"\n]`],
  ['https://swordfish0123456789@host/x', `https://${MASK}@host/x`],
])('masks %j', (text, clean) => {
  expect(redact(text, [])).toBe(clean);
});

test.each(['--max-num-tokens 5', '--tokenizer-mode auto', 'ssh://git@host/x', '--api-key --port'])(
  'leaves %j',
  (text) => {
    expect(redact(text, [])).toBe(text);
  },
);

test('words of a command are masked one by one', () => {
  const words = [
    'serve',
    '--api-key',
    'sword fish',
    '--token=x y',
    '--auth',
    '--port',
    '80',
    'https://a:b@c',
  ];
  const clean = [
    'serve',
    '--api-key',
    MASK,
    `--token=${MASK}`,
    '--auth',
    '--port',
    '80',
    `https://a:${MASK}@c`,
  ];
  expect(maskWords(words)).toEqual(clean);
});
