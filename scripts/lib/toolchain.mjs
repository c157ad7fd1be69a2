// SPDX-License-Identifier: Apache-2.0
// What has to be on the machine before anything can be set up. Each missing part is named in one sentence
// with the command that cures it.
import { readFileSync } from 'node:fs';
import { inRoot } from './paths.mjs';
import { ask, SetupError } from './process.mjs';

const oldestNode = [20, 19];
const rustupCommand = "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y";

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

/** @throws {SetupError} if Rust is missing or too old */
function checkRust() {
  const version = /^cargo (\d+)\.(\d+)/.exec(ask('cargo', ['--version']) ?? '');
  if (!version) {
    throw new SetupError(
      `Rust is not installed (no cargo on the PATH); install it with: ${rustupCommand} && . "$HOME/.cargo/env"`,
    );
  }
  const [needMajor = 0, needMinor = 0] = oldestRust().split('.').map(Number);
  if (Number(version[1]) === needMajor && Number(version[2]) < needMinor) {
    throw new SetupError(
      `Rust ${version[1]}.${version[2]} is too old, Iterscope needs ${oldestRust()} or newer; update it with: rustup update stable`,
    );
  }
}

/** @throws {SetupError} if Rust has no linker to call */
function checkLinker() {
  if (process.platform === 'win32' || ask('cc', ['--version'])) return;
  const cures = {
    debian: 'sudo apt-get install -y build-essential',
    fedora: 'sudo dnf install -y gcc',
    other: process.platform === 'darwin' ? 'xcode-select --install' : 'your package manager (package gcc)',
  };
  throw new SetupError(
    `There is no C linker (no cc on the PATH), which Rust needs; install it with: ${cures[distribution()]}`,
  );
}

/** @throws {SetupError} if the native module cannot be built here */
export function checkNativeToolchain() {
  checkRust();
  checkLinker();
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
