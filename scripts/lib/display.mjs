// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { SetupError } from './process.mjs';

/** @returns {boolean} whether a window could be shown to somebody */
export const hasDisplay = () =>
  process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);

/**
 * Starts an off-screen display on a number that is free; the server itself picks it.
 * @returns {Promise<{ display: string, stop: () => void }>}
 * @throws {SetupError} if the server does not start
 */
export function startXvfb() {
  return new Promise((resolve, reject) => {
    const args = ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'];
    const server = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
    let errors = '';
    server.stderr?.on('data', (chunk) => (errors += chunk));
    server.on('error', (error) => reject(new SetupError(`Xvfb could not be started: ${error.message}`)));
    server.on('exit', () => reject(new SetupError(`Xvfb ended at once: ${errors.trim()}`)));
    const stop = () => void server.kill('SIGTERM');
    process.on('exit', stop);
    server.stdio[3]?.on('data', (chunk) => resolve({ display: `:${String(chunk).trim()}`, stop }));
  });
}

/**
 * Whether tests run off-screen: wherever there is Linux, so that they neither disturb a desktop nor depend
 * on its size and theme.
 * @returns {boolean}
 */
export const xvfbIsWanted = () => process.platform === 'linux';
