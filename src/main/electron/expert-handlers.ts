// SPDX-License-Identifier: Apache-2.0
import { readFile, stat, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { BrowserWindow } from 'electron';
import { IterscopeError } from '#shared/base/errors.ts';
import { MOST_PLAN_BYTES } from '#shared/contract/expert-files.ts';
import type { PlanFile, SavedFile } from '#shared/contract/expert-files.ts';
import type { MethodHandlers } from './contract-server.ts';
import { chooseExpertTarget, choosePlanFile } from './dialogs.ts';

async function save(path: string, { format, content }: SavedFile): Promise<void> {
  await writeFile(path, content, format === 'png' ? 'base64' : 'utf8').catch((thrown: unknown) => {
    const message = `${path} cannot be written: ${String(thrown)}. Choose another folder.`;
    throw new IterscopeError({ code: 'experts.unwritable', message, path }, { cause: thrown });
  });
}

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

/** Files of the expert views. */
export function expertHandlers(
  window: () => BrowserWindow | undefined,
): Pick<MethodHandlers, Extract<keyof MethodHandlers, `experts.${string}`>> {
  return {
    'experts.save': async (file) => {
      const owner = window();
      const path = owner === undefined ? null : await chooseExpertTarget(owner, file);
      if (path === null) return null;
      await save(path, file);
      return { path };
    },
    'experts.choosePlan': async () => {
      const owner = window();
      const path = owner === undefined ? null : await choosePlanFile(owner);
      return path === null ? null : readPlan(path);
    },
  };
}
