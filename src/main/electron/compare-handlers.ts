// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import type { BrowserWindow } from 'electron';
import { IterscopeError } from '#shared/base/errors.ts';
import type { Services } from '../composition.ts';
import type { MethodHandlers } from './contract-server.ts';
import { chooseReportTarget } from './dialogs.ts';

type CompareMethod = Extract<keyof MethodHandlers, `compare.${string}`>;

async function save(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((thrown: unknown) => {
    const message = `The report cannot be written to ${path}: ${String(thrown)}. Choose another folder.`;
    throw new IterscopeError({ code: 'comparison.unwritable', message, path }, { cause: thrown });
  });
}

/** The methods of comparisons. */
export function compareHandlers(
  { comparisons }: Services,
  window: () => BrowserWindow | undefined,
): Pick<MethodHandlers, CompareMethod> {
  return {
    'compare.list': () => comparisons.list(),
    'compare.plan': (request) => comparisons.plan(request),
    'compare.start': (request) => comparisons.start(request),
    'compare.answer': ({ id }) => comparisons.answer(id),
    'compare.cancel': async ({ id }) => {
      await comparisons.cancel(id);
      return undefined;
    },
    'compare.resume': ({ id }) => comparisons.resume(id),
    'compare.save': async ({ id, format }) => {
      const owner = window();
      const path = owner === undefined ? null : await chooseReportTarget(owner, id, format);
      if (path === null) return null;
      await save(path, await comparisons.report(id, format));
      return { path };
    },
  };
}
