// SPDX-License-Identifier: Apache-2.0
import type { Failure } from '../base/errors.ts';
import type { EventName, MethodName } from './methods.ts';

/** What the preload script puts on `window.iterscope`: untyped transport, typed by the renderer's data layer. */
export interface Bridge {
  invoke(
    method: MethodName,
    input: unknown,
  ): Promise<{ ok: true; value: unknown } | { ok: false; error: Failure }>;
  /** Calls back on every event; returns the function that ends it. */
  subscribe(event: EventName, listener: (payload: unknown) => void): () => void;
  /** Opens files that the user dropped. The page holds them as handles and never learns or makes a path. */
  openFiles(files: readonly unknown[]): ReturnType<Bridge['invoke']>;
  /** Asks main for a port to the engine; it arrives as a window message `enginePortMessage`. */
  requestEnginePort(): void;
}
