// SPDX-License-Identifier: Apache-2.0
import { formatBytes, formatCount } from '#shared/base/units.ts';
import type { ArtifactKind } from '#shared/contract/recipe.ts';
import type { IterationSpan } from '#shared/contract/launch.ts';
import type { LaunchTarget } from '#shared/contract/target.ts';
import type {
  Artifact,
  CaptureCheck,
  IterationLine,
  ReportedFigure,
  RunExit,
  RunManifest,
  RunStep,
} from '#shared/contract/run.ts';
import { formatClock, formatFigure } from '#renderer/base/format.ts';

/** What a run's data say, without any element of it: everything here is pure. */

/** Middle value of the last `most` host step times; null without lines. Robust against single slow steps. */
export function medianStepMs(lines: readonly IterationLine[], most: number): number | null {
  const sorted = lines
    .slice(-most)
    .map((line) => line.hostStepMs)
    .sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}

/** What the log says of the iterations that were captured; null when it has no line of any. */
export function capturedSteps(
  lines: readonly IterationLine[],
  spans: readonly IterationSpan[],
): { readonly medianMs: number; readonly count: number } | null {
  const captured = lines.filter(({ iteration }) =>
    spans.some(({ first, last }) => iteration >= first && iteration <= last),
  );
  const medianMs = medianStepMs(captured, captured.length);
  return medianMs === null ? null : { medianMs, count: captured.length };
}

/** Iteration ranges as people write them: `20–29, 40`. */
export function spansText(spans: readonly IterationSpan[]): string {
  return spans
    .map(({ first, last }) =>
      first === last ? formatCount(first) : `${formatCount(first)}–${formatCount(last)}`,
    )
    .join(', ');
}

/** How long the run can still take at its present pace; null where it has no bound or no pace yet. */
export function mostTimeLeftMs(
  limit: number | undefined,
  newest: IterationLine | undefined,
  medianMs: number | null,
): number | null {
  if (limit === undefined || newest === undefined || medianMs === null) return null;
  return Math.max(0, limit - 1 - newest.iteration) * medianMs;
}

/** What the newest line's iteration worked on: `3 context requests (96 tokens), 128 generation tokens`. */
export function batchText(line: IterationLine): string {
  const parts: string[] = [];
  if (line.contextRequests !== undefined && line.contextRequests > 0) {
    const tokens = line.contextTokens === undefined ? '' : ` (${formatCount(line.contextTokens)} tokens)`;
    parts.push(`${formatCount(line.contextRequests)} context${tokens}`);
  }
  if (line.generationTokens !== undefined && line.generationTokens > 0) {
    parts.push(`${formatCount(line.generationTokens)} generation`);
  }
  return parts.join(', ');
}

/** A reported figure as figure and unit: ratios are shown as percentages. */
export function figureParts({ value, unit }: ReportedFigure): readonly [figure: string, unit: string] {
  return unit === 'ratio' ? [(value * 100).toFixed(1), '%'] : [formatFigure(value), unit];
}

/** The place of a statistic in the order of reading: percentiles ascend between the smallest and the largest. */
function placeOf(statistic: string): number {
  const places = new Map([
    ['mean', -3],
    ['standard deviation', -2],
    ['min', -1],
    ['max', 101],
  ]);
  return places.get(statistic) ?? Number(statistic.slice(1));
}

const DISTRIBUTION = /^(TTFT|TPOT|ITL|E2E latency|Generation speed) (.+)$/;

export interface Distribution {
  readonly name: string;
  readonly unit: string;
  readonly values: ReadonlyMap<string, number>;
}

/** The figures that are statistics of a distribution, as rows and columns. */
export function distributionsOf(figures: readonly ReportedFigure[]): {
  readonly rows: readonly Distribution[];
  readonly statistics: readonly string[];
} {
  const rows = new Map<string, { name: string; unit: string; values: Map<string, number> }>();
  const statistics = new Set<string>();
  for (const { label, value, unit } of figures) {
    const [, name, statistic] = DISTRIBUTION.exec(label) ?? [];
    if (name === undefined || statistic === undefined) continue;
    const row = rows.get(name) ?? { name, unit, values: new Map<string, number>() };
    row.values.set(statistic, value);
    rows.set(name, row);
    statistics.add(statistic);
  }
  return {
    rows: [...rows.values()],
    statistics: [...statistics].sort((a, b) => placeOf(a) - placeOf(b)),
  };
}

/** The figures that stand for themselves. */
export function singleFigures(figures: readonly ReportedFigure[]): readonly ReportedFigure[] {
  return figures.filter(({ label }) => !DISTRIBUTION.test(label));
}

/** Why something of an ended run has not been read; null where all of it was, or nothing can be. */
export function unreadText({ state, artifacts }: Pick<RunManifest, 'state' | 'artifacts'>): string | null {
  if (state === 'interrupted') {
    return 'Iterscope ended before this run did, so that what the run left has not been read. Traces, figures and the capture check come from reading it.';
  }
  const problems = artifacts.filter(({ problem, freedAt }) => problem !== undefined && freedAt === undefined);
  if (problems.length === 0) return null;
  const what = problems.length === 1 ? '1 artifact' : `${formatCount(problems.length)} artifacts`;
  return `${what} could not be read; the table of artifacts says why.`;
}

/** The trace of each rank first to last, then what the run left otherwise. */
export function orderArtifacts(artifacts: readonly Artifact[]): readonly Artifact[] {
  return [...artifacts].sort(
    (a, b) =>
      artifactKinds.indexOf(a.kind) - artifactKinds.indexOf(b.kind) ||
      (a.rank ?? 0) - (b.rank ?? 0) ||
      a.path.localeCompare(b.path),
  );
}

/** A command to be read: every option on a line of its own. */
export function commandText(program: string, args: readonly string[]): string {
  return args.reduce((text, arg) => `${text}${arg.startsWith('--') ? '\n  ' : ' '}${arg}`, program);
}

/** The step whose outputs say most now: the newest that has begun. */
export function newestStep(steps: readonly RunStep[]): string {
  const begun = steps.filter(({ state }) => state !== 'waiting');
  return (begun.at(-1) ?? steps[0])?.name ?? '';
}

const roleWords: Readonly<Record<RunStep['role'], string>> = {
  prepare: 'prepares',
  serve: 'serves',
  load: 'works',
};
export const roleWord = (role: RunStep['role']): string => roleWords[role];

/** How a step stands, in a few words. */
export function stepText({ state, exit, role }: RunStep): string {
  if (state === 'waiting') return 'not begun';
  if (state === 'ready') return 'answers';
  if (state !== 'ended') return state;
  if (exit === undefined) return 'did not run';
  if (exit.endedBy === 'cancel') return role === 'serve' ? 'ended when it was done' : 'cancelled';
  if (exit.signal !== null) return `ended by ${exit.signal}`;
  return exit.code === 0 ? 'done' : `exit code ${String(exit.code)}`;
}

/** Where a run happened. */
export function targetText(target: LaunchTarget): string {
  if (target.kind === 'local') return 'this machine';
  const gpus = target.gpus === 'all' ? 'all GPUs' : target.gpus === 'none' ? 'no GPU' : `GPUs ${target.gpus}`;
  return `${target.runtime} container of ${target.image}, ${gpus}; CPU time and memory are of its client`;
}

/** How the program ended, as a sentence. */
export function exitSentence(exit: RunExit): string {
  const how =
    exit.signal !== null
      ? `was ended by ${exit.signal}`
      : exit.code === 0
        ? 'ended by itself without an error (exit code 0)'
        : `ended with exit code ${exit.code ?? 'unknown'}`;
  if (exit.endedBy === 'cancel') return `It was cancelled; the program ${how}.`;
  if (exit.endedBy === 'signal') {
    const who = exit.instigator?.name ?? '';
    return `It was ended from outside${who === '' ? '' : ` by ${who}`}; the program ${how}.`;
  }
  if (exit.endedBy === 'application-died')
    return `Iterscope ended while the run went on; the program ${how}.`;
  return `The program ${how}.`;
}

/** Processes that a signal ended before anyone asked the run to end, one sentence each. */
export function deathTexts({ deaths = [] }: RunExit): readonly string[] {
  return deaths.map(
    ({ name, pid, signal, elapsedMs }) =>
      `${name === '' ? 'A process' : name} (${pid.toString()}) by ${signal} after ${wallText(elapsedMs)}`,
  );
}

/** Cores that were busy on average: processor time over elapsed time; null before there is any. */
export function averageCores(cpuMs: number | undefined, elapsedMs: number): number | null {
  return cpuMs === undefined || elapsedMs <= 0 ? null : cpuMs / elapsedMs;
}

/** A size split into figure and unit. */
export function sizeParts(bytes: number): readonly [figure: string, unit: string] {
  const [figure = '', unit = ''] = formatBytes(bytes).split(' ');
  return [figure, unit];
}

export function wallText(ms: number): string {
  return ms < 60_000 ? `${(ms / 1000).toFixed(2)} s` : formatClock(ms);
}

const artifactWords: Readonly<Record<ArtifactKind, string>> = {
  'kineto-trace': 'PyTorch-profiler trace',
  'nsys-report': 'Nsight Systems report',
  'expert-statistics': 'Expert statistics',
  'report-json': 'Report',
  'request-json': 'Requests',
  'iteration-statistics': 'Iteration statistics',
  'benchmark-json': 'Result of the load generator',
  dataset: 'Dataset',
  options: 'Options',
  log: 'Log',
};
const artifactKinds = Object.keys(artifactWords);
export const artifactWord = (kind: ArtifactKind): string => artifactWords[kind];

/** One line per rank of what the trace holds: `rank 0: 20 to 29 (10)`. */
export function foundText(check: CaptureCheck): readonly string[] {
  return check.found.map(({ rank, first, last, count }) =>
    first === null || last === null
      ? `rank ${rank}: none`
      : `rank ${rank}: ${formatCount(first)} to ${formatCount(last)} (${formatCount(count)})`,
  );
}

export function askedText(check: CaptureCheck): string {
  return check.asked.map(({ first, last }) => `${formatCount(first)} to ${formatCount(last)}`).join(', ');
}
