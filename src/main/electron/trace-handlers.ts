// SPDX-License-Identifier: Apache-2.0
import type { BrowserWindow } from 'electron';
import type { Services } from '../composition.ts';
import type { MethodHandlers } from './contract-server.ts';
import { chooseTraceTarget } from './dialogs.ts';

type TraceMethod = Extract<keyof MethodHandlers, `traces.${string}`>;

/** The contract's methods about traces that the window has open. */
export function traceHandlers(
  { engine }: Services,
  window: () => BrowserWindow | undefined,
): Pick<MethodHandlers, TraceMethod> {
  return {
    'traces.chooseTarget': async (proposed) => {
      const owner = window();
      const path = owner === undefined ? null : await chooseTraceTarget(owner, proposed);
      return path === null ? null : { targetId: await engine.registerTarget(path), path };
    },
  };
}
