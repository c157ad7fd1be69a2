// SPDX-License-Identifier: Apache-2.0
import { shell } from 'electron';
import type { BrowserWindow } from 'electron';
import { IterscopeError } from '#shared/base/errors.ts';
import type { Services } from '../composition.ts';
import type { MethodHandlers } from './contract-server.ts';
import { chooseTraceTarget } from './dialogs.ts';

type ViewerMethod = Extract<keyof MethodHandlers, `viewers.${string}`>;

/** More files than anyone wrote for another viewer; the oldest are forgotten first. */
const MOST_TARGETS = 64;

/** The contract's methods about handing a trace to another viewer. */
export function viewerHandlers(
  { engine, sources, viewers }: Services,
  window: () => BrowserWindow | undefined,
): Pick<MethodHandlers, ViewerMethod> {
  const targets = new Map<string, string>();
  return {
    'viewers.find': ({ sourceId }) => viewers.find(sourceId),
    'viewers.openInNsight': ({ sourceId }) => viewers.openInNsight(sourceId),
    'viewers.chooseTarget': async ({ name }) => {
      const owner = window();
      const path = owner === undefined ? null : await chooseTraceTarget(owner, { name, format: 'chrome' });
      if (path === null) return null;
      const targetId = await engine.registerTarget(path);
      targets.set(targetId, path);
      const [oldest] = targets.keys();
      if (targets.size > MOST_TARGETS && oldest !== undefined) targets.delete(oldest);
      return { targetId, path };
    },
    'viewers.show': ({ of, id }) => {
      const path = of === 'source' ? sources.find(id).path : targets.get(id);
      if (path === undefined) {
        const message = 'This file was not written from this window: look for it where it was saved.';
        return Promise.reject(new IterscopeError({ code: 'source.unknown', message }));
      }
      shell.showItemInFolder(path);
      return Promise.resolve(undefined);
    },
  };
}
