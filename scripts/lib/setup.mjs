// SPDX-License-Identifier: Apache-2.0
// The steps from a fresh checkout to something that runs, each skipped when its result is still good.
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { build, buildState } from '../build.mjs';
import { installPackages, packagesAreInstalled } from './packages.mjs';
import { inRoot, root } from './paths.mjs';
import { SetupError } from './process.mjs';
import { contentHash, dropStamp, isFresh, writeStamp } from './stamps.mjs';
import { provideNativeToolchain, checkNode } from './toolchain.mjs';

/** How many steps prepare() reports. */
export const prepareSteps = 4;

const nativeInputs = ['src/native', 'scripts/native.mjs'];
const suffix = process.platform === 'win32' ? '.exe' : '';
const nativeOutputs = ['iterscope.node', `supervisor${suffix}`, `moe-engine${suffix}`].map(
  (name) => `dist/native/${name}`,
);
const typings = inRoot('src', 'native', 'binding', 'index.d.ts');

/** @returns {{ hash: string, fresh: boolean }} the state of the native programs against their sources */
export function nativeState() {
  const hash = contentHash(nativeInputs);
  return { hash, fresh: isFresh('native', hash, nativeOutputs) };
}

/**
 * @param {string} hash of the native sources
 * @param {boolean} keepTypings leave the committed typings as they are, for a gate to compare
 * @param {(text: string) => void} tell how far it is
 */
async function makeNative(hash, keepTypings, tell) {
  dropStamp('native');
  const committed = keepTypings && existsSync(typings) ? readFileSync(typings) : undefined;
  const { buildNative } = await import('../native.mjs');
  await buildNative({ onProgress: (done, total) => tell(`${done} of ${total} parts`) });
  if (committed) writeFileSync(typings, committed);
  writeStamp('native', hash);
}

/** @param {string} folder @throws {SetupError} when nothing can be written there */
export function checkWritable(folder) {
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? error.code : error;
    throw new SetupError(
      `${folder} cannot be written (${why}), and the set-up puts node_modules, target and dist there; ` +
        'clone into a folder of your own.',
    );
  }
}

/**
 * Packages, native programs and bundles.
 * @param {import('./progress.mjs').Progress} progress
 * @param {{ native?: boolean, bundles?: boolean, keepTypings?: boolean }} [parts] what is wanted;
 *   all by default; keepTypings: leave the committed typings as they are
 * @throws {SetupError} naming what is missing and its cure
 */
export async function prepare(progress, { native = true, bundles = true, keepTypings = false } = {}) {
  checkNode();
  const { hash, fresh } = native ? nativeState() : { hash: '', fresh: true };
  const installed = packagesAreInstalled();
  if (!fresh || !installed) checkWritable(root);
  await progress.step('Tools: Node, Rust, C linker', !fresh, provideNativeToolchain);
  await progress.step('Packages from npm', !installed, installPackages);
  await progress.step('Native module and programs', !fresh, (tell) => makeNative(hash, keepTypings, tell));
  await progress.step('Bundles', bundles && !buildState().fresh, build);
}
