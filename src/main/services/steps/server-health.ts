// SPDX-License-Identifier: Apache-2.0
import { get } from 'node:http';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** Whether a server is there, asked over HTTP without following or reading anything. */

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

export function urlOf({ host, port, path }: Address): string {
  return `http://${host}:${port.toString()}${path}`;
}

/** Servers that load for minutes are asked seldom, those that are there at once are not kept waiting. */
const FIRST_WAIT_MS = 50;
const MOST_WAIT_MS = 1_000;
const ANSWER_MS = 5_000;

/** One question: the status of the answer; null where there is none. */
function ask({ host, port, path }: Address, signal: AbortSignal): Promise<number | null> {
  return new Promise((resolve) => {
    const request = get({ host, port, path, timeout: ANSWER_MS, signal, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? null);
    });
    request.on('timeout', () => {
      request.destroy();
    });
    request.on('error', () => {
      resolve(null);
    });
  });
}

/** Resolves to whether the server answered with a status below 400 in time. Rejects when it is aborted. */
export async function untilReady(address: Address, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (let wait = FIRST_WAIT_MS; performance.now() < deadline; wait = Math.min(2 * wait, MOST_WAIT_MS)) {
    signal.throwIfAborted();
    const status = await ask(address, signal);
    if (status !== null && status < 400) return true;
    await setTimeout(Math.min(wait, Math.max(0, deadline - performance.now())), undefined, { signal });
  }
  return false;
}

/** Whether somebody listens there already: a server of ours could not, and its answers would be another's. */
export function isTaken({ host, port }: Pick<Address, 'host' | 'port'>): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: ANSWER_MS });
    const end = (taken: boolean): void => {
      socket.destroy();
      resolve(taken);
    };
    socket.once('connect', () => {
      end(true);
    });
    socket.once('timeout', () => {
      end(false);
    });
    socket.once('error', () => {
      end(false);
    });
  });
}
