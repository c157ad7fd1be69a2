// SPDX-License-Identifier: Apache-2.0
import { shell } from 'electron';
import type { BrowserWindow } from 'electron';
import { IterscopeError, toFailure } from '#shared/base/errors.ts';
import type { SourceSet } from '#shared/contract/app.ts';
import type { Settings } from '#shared/contract/settings.ts';
import type { Services } from '../composition.ts';
import { readPastedCommand } from '../launch/pasted-command.ts';
import { checkLinkedPaths, linkedFilesText } from '../services/link-files.ts';
import { appInfo } from './app-info.ts';
import type { MethodHandlers } from './contract-server.ts';
import { askOpenLinked, chooseDiagnosticsPath, chooseFiles } from './dialogs.ts';
import { compareHandlers } from './compare-handlers.ts';
import { expertHandlers } from './expert-handlers.ts';
import { libraryHandlers } from './library-handlers.ts';
import { saveFile } from './save-file.ts';
import { saveScript } from './save-script.ts';
import { traceHandlers } from './trace-handlers.ts';
import { viewerHandlers } from './viewer-handlers.ts';
import { applyTheme } from './window.ts';

/** The contract's methods, each a call of a service. */
export function makeHandlers(
  services: Services,
  window: () => BrowserWindow | undefined,
  initial: () => Promise<SourceSet | null>,
): MethodHandlers {
  const { runs, recipes, flags, launchCheck, sources, library, logs, telemetry } = services;
  return {
    ...applicationHandlers(services, window),
    'recipes.list': () => recipes.list(),
    'launch.preview': (form) => runs.preview(form),
    'launch.check': (form) => launchCheck.check(form),
    'launch.saveScript': async ({ form, pass }) => saveScript(window(), await runs.preview(form), pass),
    'launch.readCommand': ({ text }) => Promise.resolve(readPastedCommand(text)),
    'flags.list': async () => [...(await flags.list())],
    'launch.start': (form) => runs.startPasses(form),
    'runs.list': () => runs.list(),
    'runs.get': async ({ id }) => library.titled(await runs.get(id)),
    'runs.start': (form) => runs.start(form),
    'runs.cancel': async ({ id }) => {
      await runs.cancel(id);
      return undefined;
    },
    'runs.ingest': ({ id }) => runs.ingest(id),
    'runs.queue': () => Promise.resolve(runs.queue),
    'runs.moveInQueue': async ({ id, to }) => Promise.resolve(runs.moveInQueue(id, to)),
    'runs.logPage': ({ id, ...request }) => logs.page(id, request),
    'runs.searchLog': ({ id, ...request }) => logs.search(id, request),
    'runs.openLog': async ({ id, stream, step }) => show(library.logOf(id, stream, step)),
    'runs.telemetry': ({ id }) => telemetry.read(id),
    'runs.iterationLines': ({ id }) => runs.iterationLines(id),
    'runs.iterationRecords': ({ id, ...span }) => runs.iterationRecords(id, span),
    'runs.openFolder': async ({ id }) => show(library.folderOf(id)),
    ...compareHandlers(services, window),
    ...expertHandlers(window),
    ...libraryHandlers(services, window),
    'files.save': (file) => saveFile(window(), file),
    ...traceHandlers(services, window),
    ...viewerHandlers(services, window),
    'bookmarks.list': ({ sourceId }) => services.bookmarks.list(sourceId),
    'bookmarks.save': async ({ sourceId, bookmarks }) => {
      await services.bookmarks.save(sourceId, bookmarks);
      return undefined;
    },
    'sources.ofRun': async ({ id }) =>
      sources.ofRun(library.titled(await runs.get(id)), library.artifactsOf(id)),
    'sources.choose': async () => {
      const owner = window();
      const paths = owner === undefined ? [] : await chooseFiles(owner);
      return paths.length === 0 ? null : sources.fromPaths(paths);
    },
    'sources.fromLink': async ({ paths }) => {
      checkLinkedPaths(paths);
      const owner = window();
      const agreed = owner !== undefined && (await askOpenLinked(owner, linkedFilesText(paths)));
      return agreed ? sources.fromPaths(paths) : null;
    },
    'sources.fromPaths': ({ paths }) => sources.fromPaths(paths),
    'sources.initial': initial,
  };
}

/** Methods about the application itself. */
function applicationHandlers(services: Services, window: () => BrowserWindow | undefined) {
  const { settings, cache, diagnostics } = services;
  return {
    'app.info': () => Promise.resolve(appInfo(services)),
    'app.cacheUsage': () => cache.usage(),
    'app.openFolder': async ({ folder }) => show(appInfo(services).folders[folder]),
    'diagnostics.prepare': () => diagnostics.prepare(appInfo(services)),
    'diagnostics.save': async ({ ticket }) => {
      const owner = window();
      const path = owner === undefined ? null : await chooseDiagnosticsPath(owner);
      if (path !== null) await diagnostics.save(ticket, path);
      return path;
    },
    'settings.get': () => settings.get(),
    'settings.set': async (value) => {
      applySettings(services, value);
      return settings.set(value);
    },
  } satisfies Partial<MethodHandlers>;
}

/** What settings change in the running application. */
export function applySettings({ telemetry, cache, log }: Services, value: Settings): void {
  applyTheme(value.theme);
  telemetry.setRate(value.telemetryHz);
  cache.trim(value.cacheLimitGib * 1024 ** 3, Date.now()).then(
    (freed) => {
      if (freed > 0) log.write('info', 'cache.trimmed', { freed });
    },
    (thrown: unknown) => {
      log.write('warning', 'cache.trim-failed', { message: toFailure(thrown).message });
    },
  );
}

/** Shows a file or folder with the system's program for it. */
async function show(path: string): Promise<undefined> {
  const refused = await shell.openPath(path);
  if (refused === '') return undefined;
  const message = `${path} could not be shown: ${refused}. Open it with a file manager.`;
  throw new IterscopeError({ code: 'run.folder', message, path });
}
