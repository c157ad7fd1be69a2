// SPDX-License-Identifier: Apache-2.0
// Nsight Systems for tests: the installed one, else Debian's own packages (non-free), unpacked into .cache without installing
// anything. It is NVIDIA's program; nothing of it is shipped.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { inRoot } from './paths.mjs';
import { ask, run } from './process.mjs';

const home = inRoot('.cache', 'nsight-systems');
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const SOURCE = `deb [signed-by=${KEYRING}] http://deb.debian.org/debian trixie non-free\n`;
/** The importer wants this library by a name without its version. */
const IMPORTER_LIBRARY = 'libssh.so';

/** @param {string} folder @returns {boolean} whether it holds an nsys that records and one that imports */
function isComplete(folder) {
  const recorder = ask(join(folder, 'target-linux-x64', 'nsys'), ['--version']);
  const importer = ask(join(folder, 'host-linux-x64', 'QdstrmImporter'), ['--version']);
  return recorder !== undefined && importer !== undefined;
}

/** @param {string} work folder for apt's own state @returns {string[]} options that keep the system's apt untouched */
function aptOptions(work) {
  const place = (/** @type {string} */ name, /** @type {string} */ path) => [
    '-o',
    `${name}=${join(work, path)}`,
  ];
  return [
    ...place('Dir::Etc::sourcelist', 'sources.list'),
    ...place('Dir::Etc::sourceparts', 'parts'),
    ...place('Dir::State::lists', 'lists'),
    ...place('Dir::Cache', 'cache'),
    ...['-o', 'APT::Sandbox::User=root'],
  ];
}

/** Downloads and unpacks Debian's packages. @param {string} work @returns {Promise<string | undefined>} why it failed */
async function unpack(work) {
  for (const folder of ['parts', 'lists/partial', 'cache/archives/partial', 'root']) {
    mkdirSync(join(work, folder), { recursive: true });
  }
  writeFileSync(join(work, 'sources.list'), SOURCE);
  const options = aptOptions(work);
  const steps = [
    ['apt-get', ...options, 'update'],
    ['apt-get', ...options, 'download', 'nsight-systems', 'nsight-systems-target'],
    // Of the system's own release: it has to fit its C library.
    ['apt-get', '-o', 'APT::Sandbox::User=root', 'download', 'libssh-4'],
  ];
  for (const [program = '', ...args] of steps) {
    const { code, output } = await run(program, args, { cwd: work });
    if (code !== 0) return `${program} said: ${output.trim().split('\n').at(-1) ?? ''}`;
  }
  for (const name of readdirSync(work).filter((file) => file.endsWith('.deb'))) {
    const { code, output } = await run('dpkg', ['-x', join(work, name), join(work, 'root')]);
    if (code !== 0) return output.trim();
  }
  arrange(join(work, 'root', 'usr', 'lib'), join(work, 'ready'));
  return undefined;
}

/** Recorder and importer side by side, as NVIDIA ships them: so they find each other. @param {string} lib @param {string} ready */
function arrange(lib, ready) {
  const host = join(ready, 'host-linux-x64');
  cpSync(join(lib, 'nsight-systems', 'host-linux-x64'), host, { recursive: true, verbatimSymlinks: true });
  const target = join(lib, 'x86_64-linux-gnu', 'nsight-systems', 'target-linux-x64');
  cpSync(target, join(ready, 'target-linux-x64'), { recursive: true, verbatimSymlinks: true });
  const real = readdirSync(join(lib, 'x86_64-linux-gnu')).find((name) => /^libssh\.so\.4\..+/.test(name));
  if (real === undefined) return;
  for (const name of [IMPORTER_LIBRARY, `${IMPORTER_LIBRARY}.4`]) {
    rmSync(join(host, name), { force: true });
    symlinkSync(real, join(host, name));
  }
  cpSync(join(lib, 'x86_64-linux-gnu', real), join(host, real));
}

/**
 * @returns {Promise<{ path: string } | { skip: string }>} a PATH on which nsys is found, or why there is none
 */
export async function provideNsight() {
  const inherited = process.env.PATH ?? '';
  if (ask('nsys', ['--version']) !== undefined) return { path: inherited };
  const path = `${join(home, 'target-linux-x64')}${delimiter}${inherited}`;
  if (isComplete(home)) return { path };
  const mayInstall = process.env.CI === 'true' || process.getuid?.() === 0;
  if (process.platform !== 'linux' || process.arch !== 'x64' || !existsSync(KEYRING) || !mayInstall) {
    return { skip: 'nsys is not installed, and only on Debian for x64 can it be fetched for tests' };
  }
  const work = `${home}.new`;
  rmSync(work, { recursive: true, force: true });
  const problem = await unpack(work);
  if (problem !== undefined) return { skip: `nsys is not installed and could not be fetched (${problem})` };
  rmSync(home, { recursive: true, force: true });
  renameSync(join(work, 'ready'), home);
  rmSync(work, { recursive: true, force: true });
  if (isComplete(home)) return { path };
  return { skip: 'nsys was fetched, but libraries that it needs are missing on this machine' };
}
