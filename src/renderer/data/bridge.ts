// SPDX-License-Identifier: Apache-2.0
import type { Bridge } from '#shared/contract/bridge.ts';
import type { dropMethod, EventName, MethodName } from '#shared/contract/methods.ts';
import type { EventPayload, MethodInput, MethodOutput } from '#shared/contract/contract.ts';
import { IterscopeError } from '#shared/base/errors.ts';

declare global {
  interface Window {
    readonly iterscope: Bridge;
  }
}

/** Calls a method of the main process. Rejects with an IterscopeError that holds the whole failure. */
export async function invoke<M extends MethodName>(
  method: Exclude<M, typeof dropMethod>,
  ...input: MethodInput<M> extends undefined ? [] : [MethodInput<M>]
): Promise<MethodOutput<M>> {
  return unwrap<M>(await window.iterscope.invoke(method, input[0]));
}

function unwrap<M extends MethodName>(reply: Awaited<ReturnType<Bridge['invoke']>>): MethodOutput<M> {
  if (!reply.ok) throw new IterscopeError(reply.error);
  // Both ends are typed by the same contract, and main parsed what it sends.
  return reply.value as MethodOutput<M>;
}

/** Listens to an event of the main process; returns the function that ends it. */
export function subscribe<E extends EventName>(
  event: E,
  listener: (payload: EventPayload<E>) => void,
): () => void {
  return window.iterscope.subscribe(event, (payload) => {
    listener(payload as EventPayload<E>);
  });
}

/** Opens files that the user dropped. */
export async function openFiles(files: readonly File[]): Promise<MethodOutput<'sources.fromPaths'>> {
  return unwrap<'sources.fromPaths'>(await window.iterscope.openFiles(files));
}
