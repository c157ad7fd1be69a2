// SPDX-License-Identifier: Apache-2.0
// The system's package manager. It is used only as root with CI=true, or after a yes at a terminal; else the
// command that installs what is missing is named.
import { ask, run, runAttached } from './process.mjs';

/** @typedef {'debian' | 'fedora' | 'other'} Distribution whose package manager a machine has */

/** @returns {Distribution} */
export function distribution() {
  if (process.platform !== 'linux') return 'other';
  if (ask('apt-get', ['--version'])) return 'debian';
  return ask('dnf', ['--version']) ? 'fedora' : 'other';
}

export const isRoot = () => process.getuid?.() === 0;

/**
 * @param {string[]} packages
 * @param {Distribution} system
 * @returns {string[][]} the commands that install them, in their order; none on an unknown system
 */
function installCommands(packages, system) {
  // A fresh container knows no package before an update.
  if (system === 'debian')
    return [
      ['apt-get', 'update'],
      ['apt-get', 'install', '-y', '--no-install-recommends', ...packages],
    ];
  return system === 'fedora' ? [['dnf', 'install', '-y', ...packages]] : [];
}

/**
 * @param {string[]} packages
 * @param {Distribution} system
 * @param {boolean} root whether there is no need for sudo
 * @returns {string} the command that installs them, for a person; empty on an unknown system
 */
export const installText = (packages, system, root) =>
  installCommands(packages, system)
    .map((command) => (root ? command : ['sudo', ...command]).join(' '))
    .join(' && ');

/** @param {string} question @returns {Promise<boolean>} */
async function userAgrees(question) {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`\n${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

/**
 * Installs packages where that is allowed; whether it worked, the caller sees by looking again.
 * @param {string} need what lacks what, for the question
 * @param {() => string[]} packages their names, asked for again after the package lists were brought up to date
 */
export async function installIfAllowed(need, packages) {
  const system = distribution();
  const text = installText(packages(), system, isRoot());
  if (!text) return;
  const unattended = isRoot() && process.env.CI === 'true';
  if (!unattended && !(await userAgrees(`${need}. Run ${text} now?`))) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (let step = 0; step < installCommands([], system).length; step += 1) {
    const command = installCommands(packages(), system)[step] ?? [];
    const [program = '', ...args] = isRoot() ? command : ['sudo', ...command];
    await (unattended ? run(program, args, { env }) : runAttached(program, args, { env }));
  }
}
