// SPDX-License-Identifier: Apache-2.0
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app } from 'electron';
import type { BrowserWindow } from 'electron';
import { toFailure } from '#shared/base/errors.ts';
import type { SourceSet } from '#shared/contract/app.ts';
import type { RunSummary } from '#shared/contract/run.ts';
import { compose } from './composition.ts';
import type { Services } from './composition.ts';
import { declareScheme, serveApp } from './electron/app-protocol.ts';
import { parseArguments } from './electron/arguments.ts';
import { serveContract } from './electron/contract-server.ts';
import { askCancelAndQuit } from './electron/dialogs.ts';
import { serveEnginePorts, spawnEngine } from './electron/engine-host.ts';
import type { UtilityEngine } from './electron/engine-host.ts';
import { reportFirstRun } from './electron/first-run.ts';
import { applySettings, makeHandlers } from './electron/handlers.ts';
import { notifyEnd } from './electron/notifications.ts';
import { lockDown } from './electron/security.ts';
import { nodePlatform } from './platform/node-platform.ts';
import { createWindow, sendEvent } from './electron/window.ts';

/** The composition root: what Electron starts. */

const distFolder = dirname(dirname(fileURLToPath(import.meta.url)));
/** Unpacked beside the archive when packaged: programs and recipes are used by path. */
const unpackedDist = distFolder.replace('app.asar', 'app.asar.unpacked');
const assetsFolder = join(dirname(unpackedDist), 'assets');

const platform = nodePlatform({
  environment: process.env,
  assetsFolder,
  nativeFolder: join(unpackedDist, 'native'),
});

let window: BrowserWindow | undefined;

function composeServices(onChanged: (run: RunSummary) => void): Services {
  return compose({
    platform,
    version: app.getVersion(),
    environment: process.env,
    versions: { electron: process.versions.electron, node: process.versions.node },
    spawnEngine: () => spawnEngine(join(distFolder, 'main', 'engine.js'), platform),
    onEngineRestart: (reason) => {
      sendEvent(window, 'engine.restarted', { reason });
    },
    events: {
      changed: (run) => {
        sendEvent(window, 'runs.changed', run);
        onChanged(run);
      },
      listed: (runs) => {
        sendEvent(window, 'runs.listed', runs);
      },
      jobProgress: (progress) => {
        sendEvent(window, 'library.progress', progress);
      },
      progress: (progress) => {
        sendEvent(window, 'runs.progress', progress);
      },
      telemetry: (event) => {
        sendEvent(window, 'runs.telemetry', event);
      },
      queue: (ids) => {
        sendEvent(window, 'runs.queue', [...ids]);
      },
    },
    onComparison: (progress) => {
      sendEvent(window, 'compare.progress', progress);
    },
  });
}

/** Files handed over by a second start, or by the system. */
async function openFiles(services: Services, files: readonly string[]): Promise<void> {
  if (files.length === 0) return;
  sendEvent(window, 'sources.opened', await services.sources.fromPaths(files));
}

/** Living runs are never ended without a word. */
function guardQuit(services: Services): void {
  let agreed = false;
  app.on('before-quit', (event) => {
    if (agreed || services.runs.liveCount === 0) return;
    event.preventDefault();
    const owner = window;
    const asked =
      owner === undefined ? Promise.resolve(true) : askCancelAndQuit(owner, services.runs.liveCount);
    void asked.then(async (quit) => {
      if (!quit) return;
      agreed = true;
      await services.runs.close();
      app.quit();
    });
  });
  window?.on('close', (event) => {
    if (agreed || services.runs.liveCount === 0) return;
    event.preventDefault();
    app.quit();
  });
  app.on('window-all-closed', () => {
    app.quit();
  });
  app.on('will-quit', () => {
    services.shelf.close();
    services.engine.close();
  });
}

/** What nobody caught is in the log before it is anywhere else. */
function logFaults({ log }: Services): void {
  log.write('info', 'started', { version: app.getVersion(), versions: process.versions });
  process.on('uncaughtExceptionMonitor', (error, origin) => {
    log.write('error', 'uncaught', { origin, message: error.message, stack: error.stack });
  });
  app.on('render-process-gone', (_event, _contents, { reason, exitCode }) => {
    log.write('error', 'window.gone', { reason, exitCode });
  });
  app.on('will-quit', () => {
    log.write('info', 'quit');
  });
}

async function start(): Promise<void> {
  const asked = parseArguments(process.argv, app.isPackaged, process.cwd());
  lockDown();
  serveApp(join(distFolder, 'renderer'));
  const services = composeServices((run) => {
    void services.settings.get().then(({ settings }) => {
      if (settings.notifications) notifyEnd(run, window);
    });
  });
  logFaults(services);
  // The utility process comes up while the window does.
  const engine = (): UtilityEngine => services.engine.process as UtilityEngine;
  engine();
  serveEnginePorts(engine);
  const initial = async (): Promise<SourceSet | null> =>
    asked.files.length === 0 ? null : services.sources.fromPaths(asked.files);
  serveContract(
    makeHandlers(services, () => window, initial),
    (method, failure) => {
      services.log.write('warning', 'request.failed', { method, ...failure });
    },
  );
  applySettings(services, (await services.settings.get()).settings);
  window = createWindow(distFolder, join(assetsFolder, 'icons', 'icon.png'));
  guardQuit(services);
  app.on('second-instance', (_event, argv, cwd) => {
    window?.show();
    window?.focus();
    void openFiles(services, parseArguments(argv, app.isPackaged, cwd).files);
  });
  await services.runs.recover();
  await services.comparisons.recover();
  await services.shelf.start();
  await services.archives.clear();
  if (asked.firstRunReport !== undefined) {
    app.exit(await reportFirstRun(services, window, asked.firstRunReport));
  }
}

// Chromium's own files live with ours, and the single-instance lock is per such folder.
app.setPath('userData', join(platform.configFolder, 'chromium'));
declareScheme();
// As root Chromium has no sandbox to enable; pages keep their own settings all the same.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
if (app.requestSingleInstanceLock()) {
  app
    .whenReady()
    .then(start)
    .catch((thrown: unknown) => {
      process.stderr.write(`Iterscope could not start: ${toFailure(thrown).message}\n`);
      app.exit(1);
    });
} else {
  process.stdout.write('Iterscope is already running; it was given the files.\n');
  app.quit();
}
