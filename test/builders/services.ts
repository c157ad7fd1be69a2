// SPDX-License-Identifier: Apache-2.0
import { join, resolve } from 'node:path';
import type { JobProgress } from '#shared/contract/library.ts';
import type { RunManifest, RunProgress, RunSummary } from '#shared/contract/run.ts';
import type { LaunchForm } from '#shared/contract/launch.ts';
import { compose, type Services } from '#main/composition.ts';
import { forkEngine } from '#main/engine/client.ts';
import { defaultForm } from '#main/launch/default-form.ts';
import type { TelemetryEvent } from '#main/services/telemetry.ts';
import { nodePlatform } from '#main/platform/node-platform.ts';

const dist = resolve('dist');

export interface TestServices extends Services {
  readonly changes: RunSummary[];
  readonly lists: RunSummary[][];
  readonly jobs: JobProgress[];
  readonly progress: RunProgress[];
  readonly restarts: string[];
  readonly telemetryEvents: TelemetryEvent[];
  readonly queues: (readonly string[])[];
}

/** The application's own services with the real native module, in a home folder of the test's. */
export function makeServices(
  home: string,
  environment: Record<string, string> = {},
  gpuLibrary?: string,
): TestServices {
  const platform = nodePlatform({
    environment: { ITERSCOPE_HOME: home },
    assetsFolder: resolve('assets'),
    nativeFolder: join(dist, 'native'),
  });
  const changes: RunSummary[] = [];
  const lists: RunSummary[][] = [];
  const jobs: JobProgress[] = [];
  const progress: RunProgress[] = [];
  const restarts: string[] = [];
  const telemetryEvents: TelemetryEvent[] = [];
  const queues: (readonly string[])[] = [];
  const services = compose({
    platform,
    version: '0.0.0',
    versions: {},
    environment: { PATH: process.env['PATH'], ...environment },
    spawnEngine: () => forkEngine(join(dist, 'main', 'engine.js'), platform),
    onComparison: () => undefined,
    onEngineRestart: (reason) => restarts.push(reason),
    ...(gpuLibrary === undefined ? {} : { gpuLibrary }),
    events: {
      changed: (run) => changes.push(run),
      listed: (runs) => lists.push(runs),
      jobProgress: (event) => jobs.push(event),
      progress: (event) => progress.push(event),
      telemetry: (event) => telemetryEvents.push(event),
      queue: (ids) => queues.push(ids),
    },
  });
  return { ...services, changes, lists, jobs, progress, restarts, telemetryEvents, queues };
}

/** A run of the embedded engine that takes about a second. */
export async function smallForm(services: Services, changes: Partial<LaunchForm> = {}): Promise<LaunchForm> {
  const form = defaultForm(await services.recipes.get('embedded-moe-engine'));
  const { parameters = {}, ...rest } = changes;
  return {
    ...form,
    ...rest,
    parameters: { ...form.parameters, layers: 2, requests: 64, iterations: 30, ...parameters },
  };
}

/** Starts a run and waits for its end. */
export async function runToEnd(services: Services, form: LaunchForm): Promise<RunManifest> {
  const { id } = await services.runs.start(form);
  return services.runs.finished(id);
}

/** Resolves when the condition holds; it is asked again with every event of the services. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}`);
    await new Promise((resolveTick) => setTimeout(resolveTick, 10));
  }
}
