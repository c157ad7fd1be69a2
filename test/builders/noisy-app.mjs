// SPDX-License-Identifier: Apache-2.0
import { chmodSync, copyFileSync, cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a launcher needs to know of test/fixtures/programs/noisy. */
const recipe = {
  version: 2,
  // Before the shipped one by order and title: a new form begins with it.
  id: 'a-noisy-program',
  order: 0,
  title: 'A noisy program',
  summary: 'Prints until it is asked to end.',
  parameters: [
    {
      type: 'choice',
      name: 'mode',
      label: 'Mode',
      help: 'What it prints.',
      argument: '--mode',
      default: 'show',
      choices: ['show', 'steady', 'flood'].map((value) => ({ value, label: value })),
    },
    {
      type: 'choice',
      name: 'era',
      label: 'Era',
      help: 'Which behaviour.',
      argument: '--era',
      default: 'e1',
      choices: ['e1', 'e2', 'e3'].map((value) => ({ value, label: value })),
    },
  ],
  steps: [
    {
      name: 'run',
      title: 'Print',
      role: 'load',
      program: { kind: 'bundled', name: 'noisy' },
      args: [{ parameters: ['mode', 'era'] }],
      log: [{ name: 'iterations', means: 'iteration', format: 'tensorrt-llm', contains: 'iter = ' }],
    },
  ],
  eraParameter: 'era',
  defaultWindow: '20+10',
  passes: ['timing', 'torch-trace'],
  artifacts: [],
};

/**
 * The application as it was built, with one more recipe and its program: for tests of what a program prints.
 * @param {string} root of the repository, built
 * @param {string} folder that exists and is empty
 * @returns {string} the folder, to be given to Electron
 */
export function makeNoisyApp(root, folder) {
  for (const part of ['main', 'preload', 'renderer']) {
    cpSync(join(root, 'dist', part), join(folder, 'dist', part), { recursive: true });
  }
  cpSync(join(root, 'assets'), join(folder, 'assets'), { recursive: true });
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
  const native = join(folder, 'dist', 'native');
  mkdirSync(native);
  for (const name of readdirSync(join(root, 'dist', 'native'))) {
    symlinkSync(join(root, 'dist', 'native', name), join(native, name));
  }
  copyFileSync(join(root, 'test/fixtures/programs/noisy'), join(native, 'noisy'));
  chmodSync(join(native, 'noisy'), 0o755);
  writeFileSync(join(folder, 'assets', 'recipes', `${recipe.id}.json`), JSON.stringify(recipe));
  return folder;
}
