// SPDX-License-Identifier: Apache-2.0
// What has to be on the machine before anything can be set up. Each missing part is named in one sentence
// with the command that cures it.
import { readFileSync } from 'node:fs';
import { inRoot } from './paths.mjs';
import { ask, SetupError } from './process.mjs';

const oldestNode = [20, 19];
const rustupCommand =
  'curl --proto \'=https\' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y && . "$HOME/.cargo/env"';

/** @returns {'debian' | 'fedora' | 'other'} whose package manager this machine has */
export function distribution() {
  if (process.platform !== 'linux') return 'other';
  if (ask('apt-get', ['--version'])) return 'debian';
  return ask('dnf', ['--version']) ? 'fedora' : 'other';
}

/** @throws {SetupError} if this Node is too old */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [needMajor = 0, needMinor = 0] = oldestNode;
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return;
  throw new SetupError(
    `Node ${process.versions.node} is too old, Iterscope needs ${oldestNode.join('.')} or newer; ` +
      'install it with: nvm install 20 (or from https://nodejs.org).',
  );
}

/** @returns {string} the oldest Rust that the workspace accepts, such as 1.88 */
function oldestRust() {
  const manifest = readFileSync(inRoot('src', 'native', 'Cargo.toml'), 'utf8');
  return /^rust-version = "([\d.]+)"/m.exec(manifest)?.[1] ?? '0';
}

/**
 * What is missing, in one sentence with the command that cures all of it. On a bare system that command
 * also brings what it needs itself, and knows whether there is a sudo to ask.
 * @param {{ rust: boolean, linker: boolean, curl: boolean }} missing
 * @param {'debian' | 'fedora' | 'other'} system
 * @param {boolean} isRoot
 * @returns {string | undefined} undefined if neither Rust nor a linker is missing
 */
export function missingToolsSentence(missing, system, isRoot) {
  if (!missing.rust && !missing.linker) return undefined;
  const what = [
    ...(missing.rust ? ['Rust (no cargo on the PATH)'] : []),
    ...(missing.linker ? ['a C linker (no cc on the PATH)'] : []),
  ];
  const packages = [
    ...(missing.linker ? [system === 'debian' ? 'build-essential' : 'gcc'] : []),
    ...(missing.rust && missing.curl ? ['curl', 'ca-certificates'] : []),
  ];
  const command = [
    ...(packages.length > 0 ? [installCommand(packages, system, isRoot)] : []),
    ...(missing.rust ? [rustupCommand] : []),
  ].join(' && ');
  return `Iterscope's native part needs ${what.join(' and ')}; install with: ${command}`;
}

/**
 * @param {string[]} packages
 * @param {'debian' | 'fedora' | 'other'} system
 * @param {boolean} isRoot
 */
function installCommand(packages, system, isRoot) {
  const sudo = isRoot ? '' : 'sudo ';
  if (system === 'debian') return `${sudo}apt-get update && ${sudo}apt-get install -y ${packages.join(' ')}`;
  if (system === 'fedora') return `${sudo}dnf install -y ${packages.join(' ')}`;
  return process.platform === 'darwin'
    ? 'xcode-select --install'
    : `your package manager (${packages.join(', ')})`;
}

/** @throws {SetupError} if Rust is too old */
function checkRustVersion() {
  const version = /^cargo (\d+)\.(\d+)/.exec(ask('cargo', ['--version']) ?? '');
  const [needMajor = 0, needMinor = 0] = oldestRust().split('.').map(Number);
  if (!version || Number(version[1]) !== needMajor || Number(version[2]) >= needMinor) return;
  throw new SetupError(
    `Rust ${version[1]}.${version[2]} is too old, Iterscope needs ${oldestRust()} or newer; update it with: rustup update stable`,
  );
}

/** @throws {SetupError} if the native module cannot be built here */
export function checkNativeToolchain() {
  const missing = {
    rust: ask('cargo', ['--version']) === undefined,
    linker: process.platform !== 'win32' && ask('cc', ['--version']) === undefined,
    curl: ask('curl', ['--version']) === undefined,
  };
  const sentence = missingToolsSentence(missing, distribution(), process.getuid?.() === 0);
  if (sentence) throw new SetupError(sentence);
  checkRustVersion();
}

/** @throws {SetupError} if a part of Rust that only the tests use is missing */
export function checkRustComponents() {
  for (const component of ['clippy', 'fmt']) {
    if (ask('cargo', [component, '--version']) === undefined) {
      throw new SetupError(
        `cargo ${component} is missing, which the tests run; install it with: rustup component add clippy rustfmt`,
      );
    }
  }
}
