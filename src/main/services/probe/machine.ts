// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { readFile, statfs } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { promisify } from 'node:util';

/** Questions to the machine; each answers null where it cannot be told, and none fails. */

export async function diskFree(folder: string): Promise<number | null> {
  return statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => null,
  );
}

const CONNECT_MS = 500;

/** Whether nothing answers there. */
export function portIsFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: CONNECT_MS });
    const end = (free: boolean): void => {
      socket.destroy();
      resolve(free);
    };
    socket.once('connect', () => {
      end(false);
    });
    socket.once('error', () => {
      end(true);
    });
    socket.once('timeout', () => {
      end(true);
    });
  });
}

/** A port that the system gives out. */
export function anyFreePort(): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(null);
    });
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : null);
      });
    });
  });
}

/** Whether the NVIDIA driver keeps GPU counters to administrators. */
export async function countersRestricted(): Promise<boolean | null> {
  const params = await readFile('/proc/driver/nvidia/params', 'utf8').catch(() => '');
  const value = /RmProfilingAdminOnly:\s*(\d)/.exec(params)?.[1];
  return value === undefined ? null : value === '1';
}

const HELP_MS = 10_000;

export async function nsysHelp(program: string): Promise<string | null> {
  return promisify(execFile)(program, ['profile', '--help'], { timeout: HELP_MS }).then(
    ({ stdout }) => stdout,
    () => null,
  );
}
