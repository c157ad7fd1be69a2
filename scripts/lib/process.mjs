// SPDX-License-Identifier: Apache-2.0
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { root } from './paths.mjs';

/** A failure whose message is for the user: what happened, to what, and what to do. No stack is shown. */
export class SetupError extends Error {}

/**
 * @typedef {object} Outcome
 * @property {number} code exit code; 128 if it was ended by a signal
 * @property {string} output both outputs, in the order in which they came
 * @property {string} stdout standard output alone
 */

/**
 * Runs a program and collects what it prints.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, echo?: boolean, onText?: (text: string) => void, timeoutMs?: number }} [options]
 *   echo: also show the output as it comes, on stderr; onText: called with it as it comes
 * @returns {Promise<Outcome>} never rejects: a program that cannot be started has code 127
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const timer = options.timeoutMs && setTimeout(() => child.kill('SIGKILL'), options.timeoutMs);
    // Whoever ends this script ends what it waits for.
    const end = () => void child.kill();
    process.once('exit', end);
    let output = '';
    let stdout = '';
    /** @param {Buffer} chunk */
    const collect = (chunk) => {
      output += chunk.toString();
      if (options.echo) process.stderr.write(chunk);
      options.onText?.(chunk.toString());
    };
    child.stdout.on('data', (chunk) => {
      stdout += chunk.toString();
      collect(chunk);
    });
    child.stderr.on('data', collect);
    child.on('error', (error) => {
      clearTimeout(timer || undefined);
      resolve({ code: 127, output: `${command}: ${error.message}`, stdout });
    });
    child.on('close', (code) => {
      clearTimeout(timer || undefined);
      process.off('exit', end);
      resolve({ code: code ?? 128, output, stdout });
    });
  });
}

/**
 * Runs a program on this terminal. A signal is passed on and its end awaited, so that it can finish in its
 * own way; an interrupt typed at a terminal reaches it without our help.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, hideStderr?: (line: string) => boolean }} [options]
 *   hideStderr: which lines of its stderr are noise
 * @returns {Promise<number>} its exit code
 */
export function runAttached(command, args, { cwd = root, env = process.env, hideStderr } = {}) {
  return new Promise((resolve, reject) => {
    const stderr = hideStderr ? 'pipe' : 'inherit';
    const child = spawn(command, args, { cwd, env, stdio: ['inherit', 'inherit', stderr] });
    if (hideStderr && child.stderr) {
      createInterface({ input: child.stderr }).on('line', (line) => {
        if (!hideStderr(line)) process.stderr.write(`${line}\n`);
      });
    }
    /** @param {NodeJS.Signals} signal */
    const passOn = (signal) => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    process.on('SIGINT', passOn).on('SIGTERM', passOn);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', passOn).off('SIGTERM', passOn);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 143));
    });
  });
}

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {string | undefined} what it printed, or undefined if it is missing or failed
 */
export function ask(command, args) {
  const result = spawnSync(command, args, { encoding: 'utf8' });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

/**
 * @param {string} text what a program printed
 * @returns {string} its last lines, which say why it failed
 */
export const tail = (text) => text.trimEnd().split('\n').slice(-25).join('\n');

export const npmCommand = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/**
 * Runs a script's work. A failure of the set-up is told as its sentence, without a stack, with exit code 1.
 * @param {() => Promise<number | void>} work gives the exit code, 0 if it gives none
 */
export async function runScript(work) {
  try {
    process.exitCode = (await work()) ?? 0;
  } catch (error) {
    const text = error instanceof SetupError ? error.message : error instanceof Error ? error.stack : error;
    process.stderr.write(`${text}\n`);
    process.exitCode = 1;
  }
}
