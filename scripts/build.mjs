// SPDX-License-Identifier: Apache-2.0
// Bundles the programs that Electron and Node run, and the renderer. `node scripts/build.mjs [--force]`
//
// Every bundle lies one folder below dist/, shared chunks beside their entries, so that a path such as
// `new URL('../native/iterscope.node', import.meta.url)` is right from whichever file it ends up in.
import { existsSync, rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { distFolder, inRoot } from './lib/paths.mjs';
import { SetupError } from './lib/process.mjs';
import { formatDuration } from './lib/progress.mjs';
import { contentHash, dropStamp, isFresh, writeStamp } from './lib/stamps.mjs';

const bundles = [
  {
    folder: 'main',
    entries: { index: 'src/main/index.ts', engine: 'src/main/engine/process.ts' },
    format: /** @type {const} */ ('es'),
    extension: 'js',
  },
  {
    folder: 'cli',
    entries: { index: 'src/main/cli/index.ts' },
    format: /** @type {const} */ ('es'),
    extension: 'js',
  },
  {
    // A sandboxed preload script cannot import: it has to be one CommonJS file.
    folder: 'preload',
    entries: { index: 'src/preload/index.ts' },
    format: /** @type {const} */ ('cjs'),
    extension: 'cjs',
  },
];
const rendererEntry = 'src/renderer/index.html';
const entries = [...bundles.flatMap(({ entries: files }) => Object.values(files)), rendererEntry];
const inputs = [
  'src/main',
  'src/preload',
  'src/renderer',
  'src/shared',
  'assets',
  'package-lock.json',
].concat(['package.json', 'vite.config.mjs', 'scripts/build.mjs']);
const outputs = ['dist/main/index.js', 'dist/main/engine.js', 'dist/cli/index.js'].concat([
  'dist/preload/index.cjs',
  'dist/renderer/index.html',
]);

/** @returns {{ hash: string, fresh: boolean }} the state of the bundles against their sources */
export function buildState() {
  const hash = contentHash(inputs);
  return { hash, fresh: isFresh('build', hash, outputs) };
}

/** @param {(typeof bundles)[number]} bundle */
async function bundleForNode({ folder, entries: input, format, extension }) {
  const { build } = await import('rolldown');
  rmSync(inRoot('dist', folder), { recursive: true, force: true });
  await build({
    cwd: inRoot(),
    input,
    platform: 'node',
    external: ['electron', /^node:/, /\.node$/],
    transform: { target: 'node20' },
    onLog(level, log) {
      if (level === 'warn') throw new Error(`${folder}: ${log.message}`);
    },
    output: {
      dir: inRoot('dist', folder),
      format,
      sourcemap: true,
      entryFileNames: `[name].${extension}`,
      chunkFileNames: `[name]-[hash].${extension}`,
    },
  });
}

async function bundleRenderer() {
  const { build } = await import('vite');
  await build({ configFile: inRoot('vite.config.mjs'), logLevel: 'warn' });
}

/**
 * Brings dist/ up to date, apart from dist/native.
 * @throws {SetupError} if an entry point is missing or a bundle cannot be made
 */
export async function build() {
  const missing = entries.filter((entry) => !existsSync(inRoot(entry)));
  if (missing.length > 0) {
    throw new SetupError(
      `The build needs ${missing.join(', ')}, which this checkout does not have; restore it with git checkout.`,
    );
  }
  const { hash } = buildState();
  dropStamp('build');
  for (const bundle of bundles) await bundleForNode(bundle);
  await bundleRenderer();
  writeStamp('build', hash);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const startMs = performance.now();
  if (!process.argv.includes('--force') && buildState().fresh) {
    process.stdout.write(`${distFolder} is up to date.\n`);
  } else {
    try {
      await build();
      process.stdout.write(`Built ${distFolder} in ${formatDuration(performance.now() - startMs)}.\n`);
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 1;
    }
  }
}
