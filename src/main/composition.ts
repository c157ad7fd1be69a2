// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { Source } from '#shared/contract/app.ts';
import type { JobProgress } from '#shared/contract/library.ts';
import type { ComparisonProgress } from '#shared/contract/comparison.ts';
import type { RunEvents } from './services/run-life.ts';
import { RunService } from './services/runs.ts';
import { ComparisonService } from './services/comparisons.ts';
import type { ComparisonParts } from './services/live-comparison.ts';
import { ComparisonStore } from './services/comparison-store.ts';
import { FlagService } from './services/flags.ts';
import { LaunchCheckService } from './services/launch-check.ts';
import { LaunchPlanner } from './services/launch-planner.ts';
import { RecipeService } from './services/recipes.ts';
import { SettingsService } from './services/settings.ts';
import { BookmarkService } from './services/bookmarks.ts';
import { ViewerService } from './services/viewers.ts';
import { NsysProbe } from './services/probe/nsys.ts';
import { SourceService } from './services/sources.ts';
import { ArchiveService } from './services/archive-service.ts';
import { Library } from './services/library.ts';
import { LibraryService } from './services/library-service.ts';
import { AppLog } from './services/app-log.ts';
import { CacheService } from './services/cache.ts';
import { DiagnosticsService } from './services/diagnostics.ts';
import { LogService } from './services/logs.ts';
import { TelemetryService } from './services/telemetry.ts';
import { LocalTarget } from './engine/local-target.ts';
import { ContainerTarget } from './platform/container-target.ts';
import { EngineClient } from './engine/client.ts';
import type { EngineProcess } from './ports/engine.ts';
import type { Target, TargetOf } from './ports/target.ts';
import { LocalGpus } from './engine/gpus.ts';
import { findNsys } from './engine/nsys.ts';
import { loadNative } from './engine/native.ts';
import { makePrivateFolders } from './platform/private-folders.ts';
import { secretValues } from './launch/secrets.ts';
import type { Platform } from './ports/platform.ts';

/** The services, put together once for the application and for the command line alike. */
export interface Services {
  readonly platform: Platform;
  readonly engine: EngineClient;
  readonly library: Library;
  readonly shelf: LibraryService;
  readonly archives: ArchiveService;
  readonly recipes: RecipeService;
  readonly flags: FlagService;
  readonly launchCheck: LaunchCheckService;
  readonly settings: SettingsService;
  readonly sources: SourceService;
  readonly bookmarks: BookmarkService;
  readonly viewers: ViewerService;
  readonly runs: RunService;
  readonly logs: LogService;
  readonly telemetry: TelemetryService;
  readonly cache: CacheService;
  readonly diagnostics: DiagnosticsService;
  /** What Iterscope itself did. */
  readonly log: AppLog;
  readonly comparisons: ComparisonService;
  readonly nativeVersion: string;
  readonly storeVersion: number;
}

export interface CompositionOptions {
  readonly platform: Platform;
  readonly version: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly spawnEngine: () => EngineProcess;
  readonly onEngineRestart: (reason: string) => void;
  readonly events: RunEvents & { jobProgress(progress: JobProgress): void };
  readonly onComparison: (progress: ComparisonProgress) => void;
  /** What runs inherit. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A file to load instead of the GPU driver's own library. */
  readonly gpuLibrary?: string;
}

export function compose(options: CompositionOptions): Services {
  const { platform, events } = options;
  makePrivateFolders(platform);
  const secrets = secretValues(options.environment);
  const log = new AppLog(join(platform.dataFolder, 'logs'), secrets);
  const native = loadNative(platform.nativeFolder);
  const nativeVersion = native.nativeVersion();
  const engine = new EngineClient(options.spawnEngine, (reason) => {
    log.write('warning', 'engine.restarted', { reason });
    options.onEngineRestart(reason);
  });
  const library = new Library(platform);
  const recipes = new RecipeService(platform);
  const sources = new SourceService(engine);
  const logs = new LogService(library);
  const gpus = new LocalGpus(native, options.gpuLibrary);
  const telemetry = new TelemetryService({
    processorTimes: () => platform.processorTimes(),
    library,
    gpus,
    emit: (event) => events.telemetry?.(event),
  });
  const launching = composeLaunching(options, { library, recipes, gpus });
  const runs = new RunService({
    platform,
    planner: launching.planner,
    library,
    recipes,
    sources,
    engine,
    findNsys,
    targetOf: targetsOf(new LocalTarget(native, platform), options.environment),
    telemetry,
    logs,
    events: loggedEvents(events, log),
    environment: options.environment,
    versions: { iterscope: options.version, native: nativeVersion, ...options.versions },
  });
  const shelf = new LibraryService({
    platform,
    library,
    runs,
    events: options.events,
    now: () => new Date(),
  });
  const archives = new ArchiveService({
    library,
    runs,
    dataFolder: platform.dataFolder,
    now: () => new Date(),
    onProgress: (progress) => options.events.jobProgress(progress),
    onImported: async () => options.events.listed(await runs.list()),
  });
  const settings = new SettingsService(platform.configFolder);
  const diagnostics = new DiagnosticsService({ log, library, settings, secrets });
  return {
    platform,
    engine,
    library,
    shelf,
    archives,
    recipes,
    flags: launching.flags,
    launchCheck: launching.launchCheck,
    settings,
    sources,
    bookmarks: composeBookmarks(platform, sources, library),
    viewers: composeViewers(options, sources),
    runs,
    logs,
    telemetry,
    cache: new CacheService(platform.cacheFolder),
    diagnostics,
    log,
    nativeVersion,
    storeVersion: native.storeVersion(),
    comparisons: composeComparisons(options, { runs, library, recipes, sources, engine, telemetry }),
  };
}

function composeViewers(
  { platform, environment }: CompositionOptions,
  sources: SourceService,
): ViewerService {
  return new ViewerService({
    sourceOf: (sourceId) => sources.find(sourceId),
    environment,
    programFile: (name) => platform.programFile(name),
  });
}

function composeBookmarks(
  { dataFolder }: Platform,
  sources: SourceService,
  library: Library,
): BookmarkService {
  const sourceOf = (sourceId: string): Source => sources.find(sourceId);
  return new BookmarkService({ sourceOf, runFolderOf: (runId) => library.folderOf(runId), dataFolder });
}

function targetsOf(local: Target, environment: CompositionOptions['environment']): TargetOf {
  return (stated) => (stated.kind === 'local' ? local : new ContainerTarget(stated, local, environment));
}

/** Every change of a run's state stands in Iterscope's own log, too. */
function loggedEvents(events: RunEvents, log: AppLog): RunEvents {
  return {
    ...events,
    changed: (run) => {
      log.write(run.failure === undefined ? 'info' : 'warning', 'run.state', {
        id: run.id,
        state: run.state,
        ...(run.failure === undefined ? {} : { failure: run.failure }),
      });
      events.changed(run);
    },
  };
}

function composeLaunching(
  { platform, environment }: CompositionOptions,
  parts: { readonly library: Library; readonly recipes: RecipeService; readonly gpus: LocalGpus },
) {
  const nsys = new NsysProbe(findNsys, environment['PATH'] ?? '');
  const planning = { ...parts, nsys, platform, environment };
  const flags = new FlagService(platform.assetsFolder);
  const planner = new LaunchPlanner(planning);
  return { flags, planner, launchCheck: new LaunchCheckService({ ...planning, planner, flags }) };
}

function composeComparisons(
  { platform, onComparison, environment }: CompositionOptions,
  parts: Pick<ComparisonParts, 'runs' | 'library' | 'recipes' | 'sources' | 'engine' | 'telemetry'>,
): ComparisonService {
  const store = new ComparisonStore(platform);
  return new ComparisonService({ ...parts, store, platform, environment, onProgress: onComparison });
}
