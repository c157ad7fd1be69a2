// SPDX-License-Identifier: Apache-2.0
import type { Iteration } from '#shared/contract/engine.ts';
import type { RunManifest, RunSummary } from '#shared/contract/run.ts';
import { makeForm } from './recipe.ts';

export function makeManifest(changes: Partial<RunManifest> = {}): RunManifest {
  return {
    version: 1,
    id: '20260102T030405Z-engine-0a1b',
    title: 'Engine, learned router',
    createdAt: '2026-01-02T03:04:05.000Z',
    state: 'ready',
    form: makeForm(),
    recipeTitle: 'Engine',
    target: { kind: 'local' },
    command: { program: '/bin/engine', args: [], cwd: '/tmp' },
    environment: [],
    spans: [],
    profiled: false,
    versions: { iterscope: '0.1.0' },
    host: { os: 'Linux', cpu: 'cpu', cores: 2, memoryBytes: 1 },
    gpus: [],
    artifacts: [],
    figures: [],
    ...changes,
  };
}

/** The same as lists show it. */
export function makeSummary(changes: Partial<RunSummary> = {}): RunSummary {
  const { id, title, createdAt, state, form, recipeTitle, spans, profiled, figures } = makeManifest();
  const run = { id, title, createdAt, state, form, recipeTitle, spans, profiled, figures };
  return { ...run, tags: [], notes: '', ...changes };
}

/** An iteration of a trace without GPU activity, a millisecond long. */
export function makeIteration(index: number): Iteration {
  return {
    index,
    startNs: index * 1_000_000,
    endNs: (index + 1) * 1_000_000,
    markerEndNs: index * 1_000_000 + 900_000,
    contextRequests: 0,
    contextTokens: null,
    generationRequests: 4,
    gpuWindows: [],
    gpuBusyNs: null,
    kernelCount: 0,
    kernelTimeNs: 0,
    launchDelay: null,
    hostComposition: { computeNs: 600_000, communicationNs: 300_000, memoryNs: 0, idleNs: 100_000 },
    gcNs: 0,
    gilHeldNs: null,
    gilWaitingNs: null,
    threads: [],
    captured: 'complete',
    inferred: false,
  };
}
