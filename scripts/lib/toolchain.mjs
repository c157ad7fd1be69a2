// SPDX-License-Identifier: Apache-2.0
// What has to be on the machine before anything can be set up. Each missing part is named in one sentence
// with the command that cures it.
import { readFileSync } from 'node:fs';
import { inRoot } from './paths.mjs';
import { ask, SetupError } from './process.mjs';
import { distribution, installIfAllowed, installText, isRoot } from './system-install.mjs';

const oldestNode = [20, 19];
const rustupCommand =
  'curl --proto \'=https\' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y && . "$HOME/.cargo/env"';

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
 * @param {import('./system-install.mjs').Distribution} system
 * @param {boolean} root whether this user is root
 * @returns {string | undefined} undefined if neither Rust nor a linker is missing
 */
export function missingToolsSentence(missing, system, root) {
  if (!missing.rust && !missing.linker) return undefined;
  const what = [
    ...(missing.rust ? ['Rust (no cargo on the PATH)'] : []),
    ...(missing.linker ? ['a C linker (no cc on the PATH)'] : []),
  ];
  const packages = [
    ...(missing.linker ? linkerPackages(system) : []),
    ...(missing.rust && missing.curl ? ['curl', 'ca-certificates'] : []),
  ];
  const command = [
    ...(packages.length > 0 ? [installSentence(packages, system, root)] : []),
    ...(missing.rust ? [rustupCommand] : []),
  ].join(' && ');
  return `Iterscope's native part needs ${what.join(' and ')}; install with: ${command}`;
}

/** @param {import('./system-install.mjs').Distribution} system */
const linkerPackages = (system) => (system === 'debian' ? ['gcc', 'libc6-dev'] : ['gcc']);

/**
 * @param {string[]} packages
 * @param {import('./system-install.mjs').Distribution} system
 * @param {boolean} root
 */
function installSentence(packages, system, root) {
  const other =
    process.platform === 'darwin'
      ? 'xcode-select --install'
      : `your package manager (${packages.join(', ')})`;
  return installText(packages, system, root) || other;
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

/** @returns {{ rust: boolean, linker: boolean, curl: boolean }} */
const missingTools = () => ({
  rust: ask('cargo', ['--version']) === undefined,
  linker: process.platform !== 'win32' && ask('cc', ['--version']) === undefined,
  curl: ask('curl', ['--version']) === undefined,
});

/**
 * Installs the C linker where that is allowed. Rust is left to its own installer, which asks questions of its own.
 * @throws {SetupError} if the native module cannot be built here
 */
export async function provideNativeToolchain() {
  const system = distribution();
  if (missingTools().linker)
    await installIfAllowed("Iterscope's native part needs a C linker", () => linkerPackages(system));
  const sentence = missingToolsSentence(missingTools(), system, isRoot());
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
