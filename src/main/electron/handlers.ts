// SPDX-License-Identifier: Apache-2.0
import { app, shell } from 'electron';
import type { BrowserWindow } from 'electron';
import { IterscopeError } from '#shared/base/errors.ts';
import type { SourceSet } from '#shared/contract/app.ts';
import type { Services } from '../composition.ts';
import type { MethodHandlers } from './contract-server.ts';
import { chooseFiles } from './dialogs.ts';
import { libraryHandlers } from './library-handlers.ts';
import { applyTheme } from './window.ts';

/** The contract's methods, each a call of a service. */
export function makeHandlers(
  services: Services,
  window: () => BrowserWindow | undefined,
  initial: () => Promise<SourceSet | null>,
): MethodHandlers {
  const { runs, recipes, settings, sources, library, platform } = services;
  return {
    'app.info': () =>
      Promise.resolve({
        version: app.getVersion(),
        electron: process.versions.electron,
        chrome: process.versions.chrome,
        node: process.versions.node,
        native: services.nativeVersion,
        platform: `${process.platform} ${process.arch}`,
        dataFolder: platform.dataFolder,
      }),
    'settings.get': () => settings.get(),
    'settings.set': async (value) => {
      applyTheme(value.theme);
      return settings.set(value);
    },
    'recipes.list': async () => [...(await recipes.list())],
    'launch.preview': (form) => runs.preview(form),
    'runs.list': () => runs.list(),
    'runs.get': async ({ id }) => library.titled(await runs.get(id)),
    'runs.start': (form) => runs.start(form),
    'runs.cancel': async ({ id }) => {
      await runs.cancel(id);
      return undefined;
    },
    'runs.ingest': ({ id }) => runs.ingest(id),
    'runs.readLog': ({ id, stream, offset }) => runs.readLog(id, stream, offset),
    'runs.iterationLines': ({ id }) => runs.iterationLines(id),
    'runs.openFolder': async ({ id }) => {
      const path = library.folderOf(id);
      const refused = await shell.openPath(path);
      if (refused !== '') {
        const message = `The folder ${path} could not be shown: ${refused}. Open it with a file manager.`;
        throw new IterscopeError({ code: 'run.folder', message, path });
      }
      return undefined;
    },
    ...libraryHandlers(services, window),
    'sources.ofRun': async ({ id }) =>
      sources.ofRun(library.titled(await runs.get(id)), library.artifactsOf(id)),
    'sources.choose': async () => {
      const owner = window();
      const paths = owner === undefined ? [] : await chooseFiles(owner);
      return paths.length === 0 ? null : sources.fromPaths(paths);
    },
    'sources.fromPaths': ({ paths }) => sources.fromPaths(paths),
    'sources.initial': initial,
  };
}
