// SPDX-License-Identifier: Apache-2.0
import type { JobProgress } from '#shared/contract/library.ts';
import type { RunEvents } from './services/run-life.ts';
import { RunService } from './services/runs.ts';
import { RecipeService } from './services/recipes.ts';
import { SettingsService } from './services/settings.ts';
import { SourceService } from './services/sources.ts';
import { ArchiveService } from './services/archive-service.ts';
import { Library } from './services/library.ts';
import { LibraryService } from './services/library-service.ts';
import { LocalTarget } from './engine/local-target.ts';
import { EngineClient } from './engine/client.ts';
import type { EngineProcess } from './ports/engine.ts';
import { loadNative } from './engine/native.ts';
import type { Platform } from './ports/platform.ts';

/** The services, put together once for the application and for the command line alike. */
export interface Services {
  readonly platform: Platform;
  readonly engine: EngineClient;
  readonly library: Library;
  readonly shelf: LibraryService;
  readonly archives: ArchiveService;
  readonly recipes: RecipeService;
  readonly settings: SettingsService;
  readonly sources: SourceService;
  readonly runs: RunService;
  readonly nativeVersion: string;
}

export interface CompositionOptions {
  readonly platform: Platform;
  readonly version: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly spawnEngine: () => EngineProcess;
  readonly onEngineRestart: (reason: string) => void;
  readonly events: RunEvents & { jobProgress(progress: JobProgress): void };
  /** What runs inherit. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export function compose(options: CompositionOptions): Services {
  const { platform } = options;
  const native = loadNative(platform.nativeFolder);
  const nativeVersion = native.nativeVersion();
  const engine = new EngineClient(options.spawnEngine, options.onEngineRestart);
  const library = new Library(platform);
  const recipes = new RecipeService(platform.assetsFolder);
  const sources = new SourceService(engine);
  const runs = new RunService({
    platform,
    library,
    recipes,
    sources,
    engine,
    target: new LocalTarget(native, platform),
    events: options.events,
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
  return { platform, engine, library, shelf, archives, recipes, settings, sources, runs, nativeVersion };
}
