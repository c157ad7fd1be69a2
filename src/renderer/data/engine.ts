// SPDX-License-Identifier: Apache-2.0
import { subscribe } from './bridge.ts';
import { IterscopeError } from '#shared/base/errors.ts';
import { enginePortMessage } from '#shared/contract/methods.ts';
import { WINDOW_VERSION } from '#shared/contract/engine.ts';
import type {
  EngineInput,
  EngineMethod,
  EngineOutputs,
  EngineProgress,
  EngineReply,
} from '#shared/contract/engine.ts';

/**
 * The window's own port to the engine process. One port at a time: when the engine is restarted, the
 * window asks for a new one, calls in flight fail with `engine.crashed`, and views open their sources again.
 */

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: Error) => void;
  readonly onProgress: ((progress: EngineProgress) => void) | undefined;
}

interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EngineProgress) => void;
}

const pending = new Map<number, Pending>();
let nextId = 1;
let port: Promise<MessagePort> | undefined;
let expectPort: ((arrived: MessagePort) => void) | undefined;

function settle(reply: EngineReply): void {
  if (reply.type === 'hello') {
    if (reply.windowVersion !== WINDOW_VERSION) {
      failAll('The engine speaks another window version than this window; restart Iterscope.');
    }
    return;
  }
  const call = pending.get(reply.id);
  if (call === undefined) return;
  if (reply.type === 'progress') {
    call.onProgress?.(reply.progress);
    return;
  }
  pending.delete(reply.id);
  if (reply.type === 'value') call.resolve(reply.value);
  else call.reject(new IterscopeError(reply.error));
}

function failAll(message: string): void {
  for (const call of pending.values()) call.reject(new IterscopeError({ code: 'engine.crashed', message }));
  pending.clear();
}

function adopt(arrived: MessagePort): void {
  arrived.onmessage = (event: MessageEvent<EngineReply>) => {
    settle(event.data);
  };
  arrived.start();
  expectPort?.(arrived);
  expectPort = undefined;
}

/** Starts listening for ports; called once, before the first call. */
export function connectEngine(): void {
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    const arrived = event.ports[0];
    if (event.source === window && event.data === enginePortMessage && arrived !== undefined) adopt(arrived);
  });
  requestPort();
  // Subscribed before any view is: whoever reopens on this event already waits for the new port.
  subscribe('engine.restarted', () => {
    failAll('The trace engine stopped while it worked on this; open it again.');
    requestPort();
  });
}

function requestPort(): void {
  port = new Promise((resolve) => {
    expectPort = resolve;
  });
  window.iterscope.requestEnginePort();
}

/** Asks the engine. Rejects with an IterscopeError; `signal` cancels the work there, too. */
export async function askEngine<M extends EngineMethod>(
  method: M,
  input: EngineInput<M>,
  options: CallOptions = {},
): Promise<EngineOutputs[M]> {
  if (port === undefined) throw new Error('connectEngine was not called');
  const connected = await port;
  const id = nextId++;
  return new Promise((resolve, reject) => {
    const { signal } = options;
    if (signal?.aborted === true) {
      reject(new IterscopeError({ code: 'request.cancelled', message: 'Cancelled.' }));
      return;
    }
    const onAbort = (): void => {
      connected.postMessage({ type: 'cancel', id });
      if (pending.delete(id)) {
        reject(new IterscopeError({ code: 'request.cancelled', message: 'Cancelled.' }));
      }
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    pending.set(id, {
      resolve: (value) => {
        signal?.removeEventListener('abort', onAbort);
        resolve(value as EngineOutputs[M]);
      },
      reject: (reason) => {
        signal?.removeEventListener('abort', onAbort);
        reject(reason);
      },
      onProgress: options.onProgress,
    });
    connected.postMessage({ type: 'call', id, method, input });
  });
}
