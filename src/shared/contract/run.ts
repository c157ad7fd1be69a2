// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { errorCodes } from '../base/errors.ts';
import { comparisonOrigin } from './comparison.ts';
import { artifactKind } from './recipe.ts';
import { environmentEntry, iterationSpan, launchForm } from './launch.ts';
import { launchTarget } from './target.ts';

/** A run: one folder on disk, described by its manifest. */

export const runState = z.enum([
  'queued',
  'starting',
  'running',
  'finalising',
  'ingesting',
  'ready',
  'failed',
  'cancelled',
  'interrupted',
]);
export type RunState = z.infer<typeof runState>;

/** States in which nothing of a run is alive any more. */
export const endStates: ReadonlySet<RunState> = new Set(['ready', 'failed', 'cancelled', 'interrupted']);

function staysInside(path: string): boolean {
  if (/[\\\0]|^[A-Za-z]:/.test(path)) return false;
  return path.split('/').every((name) => name !== '' && name !== '.' && name !== '..');
}

export const artifact = z.object({
  kind: artifactKind,
  /** Relative to the run's artifacts folder, with forward slashes; never leaves it, whoever wrote the manifest. */
  path: z.string().refine(staysInside, 'must stay inside the folder of artifacts'),
  bytes: z.number(),
  rank: z.int().optional(),
  /** When it was deleted to free space; the run itself stays. */
  freedAt: z.string().optional(),
  /** Why it could not be read, when it was tried. */
  problem: z.string().optional(),
});
export type Artifact = z.infer<typeof artifact>;

/**
 * One line of the engine's iteration log. The engine prints a line after its counter moved: the line
 * numbered N describes step N-1 (and the device time of N-2); \`iteration\` is the step described.
 */
export const iterationLine = z.object({
  iteration: z.int(),
  /** The global rank that printed it. */
  rank: z.int().optional(),
  hostStepMs: z.number(),
  previousDeviceStepMs: z.number().optional(),
  contextRequests: z.int().optional(),
  contextTokens: z.int().optional(),
  generationTokens: z.int().optional(),
  scheduledRequests: z.int().optional(),
  /** Blocks of the KV cache in use over all, 0..1. */
  cacheRatio: z.number().optional(),
  /** When it was logged: seconds since 1970 by the clock on the engine's wall, whose zone is not said. */
  loggedAtS: z.int().optional(),
});
export type IterationLine = z.infer<typeof iterationLine>;

/** A figure that the program itself reported at its end. */
export const reportedFigure = z.object({ label: z.string(), value: z.number(), unit: z.string() });
export type ReportedFigure = z.infer<typeof reportedFigure>;

/** Host step times over all iterations that the engine logged. */
export const iterationTimes = z.object({ count: z.int(), medianMs: z.number() });
export type IterationTimes = z.infer<typeof iterationTimes>;

export const captureCheck = z.object({
  asked: z.array(iterationSpan),
  /** Step markers found in the trace, per rank. */
  found: z.array(
    z.object({ rank: z.int(), first: z.int().nullable(), last: z.int().nullable(), count: z.int() }),
  ),
  complete: z.boolean(),
  message: z.string(),
});
export type CaptureCheck = z.infer<typeof captureCheck>;

/** A process that a signal ended before anyone asked the run to end. */
const processDeath = z.object({ pid: z.int(), name: z.string(), signal: z.string(), elapsedMs: z.number() });

/** How a run ended and what it used. Optional is what runs of earlier versions do not say. */
export const runExit = z.object({
  code: z.int().nullable(),
  signal: z.string().nullable(),
  /** From the program's start to its own end. */
  wallMs: z.number(),
  /** CPU time of the whole process tree. */
  cpuMs: z.number(),
  userMs: z.number().optional(),
  systemMs: z.number().optional(),
  /** Largest sampled sum over the process tree, or the largest single process where that is more. */
  peakRssBytes: z.number(),
  /** Peak of the largest single process, as the kernel counted it. */
  peakProcessRssBytes: z.number().optional(),
  endedBy: z.enum(['program', 'cancel', 'signal', 'application-died']),
  /** The process that asked for the end, where one did. */
  instigator: z.object({ pid: z.int(), name: z.string() }).nullable().optional(),
  /** Processes that outlived the program and had to be ended. */
  leftBehind: z.int().optional(),
  deaths: z.array(processDeath).optional(),
  /** How often the machine's out-of-memory killer struck while the run lived. */
  oomKills: z.int().optional(),
});
export type RunExit = z.infer<typeof runExit>;

/** One program of a run that has several. */
export const runStep = z.object({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  title: z.string(),
  role: z.enum(['prepare', 'serve', 'load']),
  command: z.object({ program: z.string(), args: z.array(z.string()) }),
  state: z.enum(['waiting', 'starting', 'running', 'ready', 'ended']),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  exit: runExit.optional(),
  figures: z.array(reportedFigure).default([]),
});
export type RunStep = z.infer<typeof runStep>;

export const runIdText = z.string().regex(/^[0-9A-Za-z-]{8,128}$/);

export const runManifest = z.object({
  version: z.literal(1),
  id: runIdText,
  title: z.string(),
  createdAt: z.string(),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  state: runState,
  failure: z
    .object({
      code: z.enum(errorCodes),
      message: z.string(),
      path: z.string().optional(),
      field: z.string().optional(),
    })
    .optional(),
  form: launchForm,
  /** The comparison that this run is a pass of. */
  comparison: comparisonOrigin.optional(),
  recipeTitle: z.string(),
  target: launchTarget,
  command: z.object({ program: z.string(), args: z.array(z.string()), cwd: z.string() }),
  /** In their order, where there are several; `command` is the one that does the work. */
  steps: z.array(runStep).optional(),
  /** What this run adds to the environment; secrets are masked. */
  environment: z.array(environmentEntry),
  spans: z.array(iterationSpan),
  /** Where their numbers count from: the program's own start, or the moment at which its load began. */
  windowFrom: z.enum(['start', 'load']).optional(),
  /** True when a profiler or recorder was on: its throughput is not a measurement. */
  profiled: z.boolean(),
  versions: z.record(z.string(), z.string()),
  host: z.object({
    os: z.string(),
    cpu: z.string(),
    cores: z.int(),
    memoryBytes: z.number(),
  }),
  gpus: z.array(z.object({ name: z.string() })),
  exit: runExit.optional(),
  artifacts: z.array(artifact),
  captureCheck: captureCheck.optional(),
  figures: z.array(reportedFigure),
  iterationTimes: iterationTimes.optional(),
});
export type RunManifest = z.infer<typeof runManifest>;

const tag = z
  .string()
  .trim()
  .regex(/^[^,\p{Cc}]{1,40}$/u);

/** What its user says about a run: kept beside the manifest, which only the run itself writes. */
export const runAnnotations = z.object({
  version: z.literal(1),
  /** Instead of the title that the run was given. */
  title: z.string().trim().min(1).max(200).optional(),
  tags: z.array(tag).max(32),
  notes: z.string().max(20_000),
  /** When it came into this library from an archive. */
  importedAt: z.string().optional(),
});
export type RunAnnotations = z.infer<typeof runAnnotations>;

/** What a list shows of a run: its manifest in part, under the title and with the words of its user. */
export const runSummary = runManifest
  .pick({
    id: true,
    title: true,
    createdAt: true,
    startedAt: true,
    endedAt: true,
    state: true,
    failure: true,
    recipeTitle: true,
    comparison: true,
    form: true,
    spans: true,
    profiled: true,
    figures: true,
    iterationTimes: true,
    exit: true,
    steps: true,
  })
  .extend(runAnnotations.pick({ tags: true, notes: true, importedAt: true }).shape);
export type RunSummary = z.infer<typeof runSummary>;

/** What changes while a run lives; sent ten times a second at most. */
export const runProgress = z.object({
  id: z.string(),
  state: runState,
  /** 0..1 when the end is known. */
  ratio: z.number().optional(),
  /** What is being done, in words, with its count. */
  step: z.string(),
  elapsedMs: z.number(),
  cpuMs: z.number().optional(),
  rssBytes: z.number().optional(),
  /** Iterations after which the run stops at the latest, where its recipe bounds them. */
  iterationLimit: z.int().optional(),
  /** Iteration lines that arrived since the last event. */
  lines: z.array(iterationLine),
});
export type RunProgress = z.infer<typeof runProgress>;
