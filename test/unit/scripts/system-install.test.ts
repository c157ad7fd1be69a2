// SPDX-License-Identifier: Apache-2.0
// The set-up's question before it installs anything, asked at a real pseudo-terminal, with stand-ins for the package
// manager: one that brings a compiler, and a sudo that only passes on.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const toolchain = join(import.meta.dirname, '../../../scripts/lib/toolchain.mjs');
let folder: string;

/** A program on the PATH of the set-up; what it is called with is kept in `calls`. */
function standIn(name: string, script: string) {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\necho "${name} $*" >> '${join(folder, 'calls')}'\n${script}\n`);
  chmodSync(path, 0o755);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'iterscope-install-'));
  standIn(
    'apt-get',
    `echo apt 2.6; [ "$1" = install ] && printf '#!/bin/sh\\n' > '${folder}/cc' && chmod 755 '${folder}/cc'; true`,
  );
  standIn('sudo', 'exec "$@"');
  standIn('cargo', 'echo cargo 1.95.0');
  for (const program of ['sh', 'chmod']) {
    const found = ['/bin', '/usr/bin'].map((place) => join(place, program)).find((path) => existsSync(path));
    symlinkSync(found ?? program, join(folder, program));
  }
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const script = `import(${JSON.stringify(toolchain)}).then((m) => m.provideNativeToolchain()).then(() => console.log('ready'), (e) => console.log(e.message))`;
const calls = () => readFileSync(join(folder, 'calls'), 'utf8');

/** @param typed what a person types, or nothing where there is no terminal */
function provide(typed: string | undefined, ci = '') {
  const command = `env CI=${ci} PATH='${folder}' '${process.execPath}' -e "$ITERSCOPE_SCRIPT"`;
  const env = { ...process.env, ITERSCOPE_SCRIPT: script };
  const input = typed ?? '';
  // script(1) of util-linux makes the pseudo-terminal.
  return typed === undefined
    ? spawnSync('sh', ['-c', command], { env, input, encoding: 'utf8' }).stdout
    : spawnSync('script', ['-qec', command, '/dev/null'], { env, input, encoding: 'utf8' }).stdout;
}

describe.runIf(process.platform === 'linux')('a missing C linker', () => {
  it('is installed after a yes at a terminal, after the package lists', () => {
    const said = provide('y\n');
    expect(said).toContain("Iterscope's native part needs a C linker. Run ");
    expect(said.trim().endsWith('ready')).toBe(true);
    expect(calls()).toMatch(/apt-get update\n[^]*apt-get install -y --no-install-recommends gcc libc6-dev\n/);
  });

  it('is only named, with the command, after a no', () => {
    const said = provide('n\n');
    expect(said).toContain('a C linker (no cc on the PATH); install with: ');
    expect(calls()).not.toContain('apt-get install');
  });

  it('is only named where nobody can be asked', () => {
    expect(provide(undefined)).toContain('a C linker (no cc on the PATH); install with: ');
    expect(calls()).not.toContain('apt-get install');
  });

  it.runIf(process.getuid?.() === 0)('is installed unasked for root where CI=true says so', () => {
    expect(provide(undefined, 'true').trim().endsWith('ready')).toBe(true);
    expect(calls()).toContain('apt-get install');
  });
});
