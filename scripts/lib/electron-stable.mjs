// SPDX-License-Identifier: Apache-2.0
// The current stable Electron, as the `electron` package fetches it from its publisher. Where that cannot be
// reached, the failure is remembered for a day, so that later starts do not wait for it again.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder, inRoot } from './paths.mjs';
import { run } from './process.mjs';

const packageFolder = inRoot('node_modules', 'electron');
const failureFile = join(cacheFolder, 'electron', 'stable-failed');
const dayMs = 24 * 60 * 60 * 1000;
const downloadLimitMs = 10_000;

/** @returns {string} the version that package.json pins */
export const stableVersion = () =>
  JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')).version;

/** @returns {string | undefined} the folder of the binary, if it has been fetched */
export function stableFolder() {
  const folder = join(packageFolder, 'dist');
  const versionFile = join(folder, 'version');
  if (!existsSync(versionFile) || !existsSync(join(packageFolder, 'path.txt'))) return undefined;
  return readFileSync(versionFile, 'utf8').replace(/^v/, '') === stableVersion() ? folder : undefined;
}

/** @returns {string} the executable's path inside the runtime's folder */
export const stableExecutable = () => readFileSync(join(packageFolder, 'path.txt'), 'utf8');

/** @returns {string | undefined} why a download of this version failed, less than a day ago */
export function rememberedFailure() {
  if (!existsSync(failureFile)) return undefined;
  const { version, atMs, reason } = JSON.parse(readFileSync(failureFile, 'utf8'));
  return version === stableVersion() && Date.now() - atMs < dayMs ? reason : undefined;
}

/** @param {string} output of the download @returns {string} its cause in a few words */
function causeOf(output) {
  const lines = output.split('\n').map((line) => line.trim());
  const cause = lines.find((line) => /error/i.test(line) && !line.startsWith('at ')) ?? lines[0] ?? '';
  return cause.replace(/^\w*Error: /, '').slice(0, 160) || 'no cause given';
}

/**
 * @param {boolean} limited give up after ten seconds, where there is another runtime
 * @returns {Promise<string | undefined>} why it could not be fetched, or undefined if it is there now
 */
export async function fetchStable(limited) {
  const startMs = performance.now();
  const { code, output } = await run(process.execPath, [join(packageFolder, 'install.js')], {
    ...(limited ? { timeoutMs: downloadLimitMs } : {}),
  });
  if (code === 0 && stableFolder()) {
    rmSync(failureFile, { force: true });
    return undefined;
  }
  // A download that was cut short leaves half a runtime.
  rmSync(join(packageFolder, 'dist'), { recursive: true, force: true });
  const timedOut = limited && performance.now() - startMs >= downloadLimitMs;
  const reason = timedOut ? `no download within ${downloadLimitMs / 1000} s` : causeOf(output);
  mkdirSync(dirname(failureFile), { recursive: true });
  writeFileSync(failureFile, JSON.stringify({ version: stableVersion(), atMs: Date.now(), reason }));
  return reason;
}
