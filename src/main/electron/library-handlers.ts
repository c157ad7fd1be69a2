// SPDX-License-Identifier: Apache-2.0
import type { BrowserWindow } from 'electron';
import type { Services } from '../composition.ts';
import type { MethodHandlers } from './contract-server.ts';
import { chooseArchiveFolder, chooseArchives, chooseArchiveTarget } from './dialogs.ts';

type LibraryMethod = Extract<keyof MethodHandlers, `library.${string}`>;

/** The contract's methods about runs that are there. */
export function libraryHandlers(
  { shelf, archives, library }: Services,
  window: () => BrowserWindow | undefined,
): Pick<MethodHandlers, LibraryMethod> {
  const exportRuns = async (job: string, ids: readonly string[]): Promise<{ paths: string[] } | null> => {
    const owner = window();
    const [id, ...more] = ids;
    if (owner === undefined || id === undefined) return null;
    if (more.length > 0) {
      const folder = await chooseArchiveFolder(owner);
      return folder === null ? null : { paths: await archives.exportInto(job, ids, folder) };
    }
    const target = await chooseArchiveTarget(owner, archives.fileNameOf(id));
    if (target === null) return null;
    await archives.exportTo(job, id, target);
    return { paths: [target] };
  };
  return {
    'library.problems': async () => (await library.list()).failures.map(({ failure }) => failure.message),
    'library.annotate': ({ id, change }) => shelf.annotate(id, change),
    'library.delete': ({ ids }) => shelf.delete(ids),
    'library.restore': ({ ids }) => shelf.restore(ids),
    'library.diskUse': () => shelf.diskUse(),
    'library.freeStores': ({ ids }) => shelf.freeStores(ids),
    'library.freeArtifacts': ({ ids }) => shelf.freeArtifacts(ids),
    'library.emptyTrash': async () => {
      await shelf.emptyTrash();
      return undefined;
    },
    'library.export': ({ job, ids }) => exportRuns(job, ids),
    'library.import': async ({ job }) => {
      const owner = window();
      const paths = owner === undefined ? [] : await chooseArchives(owner);
      return paths.length === 0 ? null : archives.import(job, paths);
    },
    'library.cancelJob': ({ job }) => {
      archives.cancel(job);
      return Promise.resolve(undefined);
    },
  };
}
