// SPDX-License-Identifier: Apache-2.0
import { ownBytes } from './bytes.ts';
import type { EngineHandlers } from './handlers.ts';
import type { TraceSessions } from './traces.ts';

type PointMethod = 'trace.counterWindow' | 'trace.instantWindow' | 'trace.instant';

/** Answers questions about counters and instants of open traces. */
export function pointHandlers(traces: TraceSessions): EngineHandlers<PointMethod> {
  return {
    'trace.counterWindow': async (source, { startNs, endNs, units, counters }) => {
      const handle = await traces.handle(source);
      return ownBytes(await handle.counterWindow(startNs, endNs, units, Uint32Array.from(counters)));
    },
    'trace.instantWindow': async (source, { startNs, endNs, units, tracks }) => {
      const handle = await traces.handle(source);
      return ownBytes(await handle.instantWindow(startNs, endNs, units, Uint32Array.from(tracks)));
    },
    'trace.instant': async (source, { index }) => (await traces.handle(source)).instant(index),
  };
}
