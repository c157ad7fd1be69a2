// SPDX-License-Identifier: Apache-2.0
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { BrowserWindow } from 'electron';
import { IterscopeError } from '#shared/base/errors.ts';
import { MOST_PLAN_BYTES } from '#shared/contract/expert-files.ts';
import type { PlanFile } from '#shared/contract/expert-files.ts';
import type { MethodHandlers } from './contract-server.ts';
import { choosePlanFile } from './dialogs.ts';

async function readPlan(path: string): Promise<PlanFile> {
  const name = basename(path);
  const unreadable = (thrown: unknown): never => {
    const message = `${path} cannot be read: ${String(thrown)}. Check its permissions.`;
    throw new IterscopeError({ code: 'experts.unreadable', message, path }, { cause: thrown });
  };
  const info = await stat(path).catch(unreadable);
  if (!info.isFile()) return unreadable('it is not a regular file');
  const { size } = info;
  if (size > MOST_PLAN_BYTES) {
    const message = `${path} is too large for a placement file: choose a moe_load_balancer YAML.`;
    throw new IterscopeError({ code: 'experts.bad-balancer', message, path });
  }
  return { name, text: await readFile(path, 'utf8').catch(unreadable) };
}

/** Files that the expert views read. */
export function expertHandlers(
  window: () => BrowserWindow | undefined,
): Pick<MethodHandlers, Extract<keyof MethodHandlers, `experts.${string}`>> {
  return {
    'experts.choosePlan': async () => {
      const owner = window();
      const path = owner === undefined ? null : await choosePlanFile(owner);
      return path === null ? null : readPlan(path);
    },
  };
}
