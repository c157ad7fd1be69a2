// SPDX-License-Identifier: Apache-2.0
import { formatCount } from '#shared/base/units.ts';
import type { SuspectPass } from '#shared/contract/comparison.ts';
import type { IterationLine, RunManifest } from '#shared/contract/run.ts';
import { medianOf } from './bootstrap.ts';
import { momentsOf } from './effect.ts';
import { WARM_UP } from './groups.ts';
import { linesOfOneRank } from './log-time.ts';
import type { PassResult } from './pass.ts';
import { strangerDoubts, strangersOf, throttleDoubts } from './telemetry.ts';

/** Passes that may not have measured what they should. They are shown with the reason, never dropped. */

const LARGEST_CV = 0.05;
/** Fewer iterations of one composition do not tell how much they vary. */
const FEWEST = 20;
/** First iterations that take this much longer than the later ones belong to the warm-up. */
const WARM_UP_EXCESS = 0.05;
/** Reports are rounded. */
const TOKEN_TOLERANCE = 0.005;

/** Generation iterations of the most frequent composition after the warm-up, in order; null with too few. */
function steadyTimes(lines: readonly IterationLine[]): { tokens: number; times: number[] } | null {
  const byBatch = new Map<number, number[]>();
  for (const { contextTokens = 0, generationTokens = 0, hostStepMs } of lines.slice(WARM_UP)) {
    if (contextTokens > 0 || generationTokens === 0) continue;
    const times = byBatch.get(generationTokens) ?? [];
    byBatch.set(generationTokens, times);
    times.push(hostStepMs);
  }
  const [most] = [...byBatch].sort(([, x], [, y]) => y.length - x.length);
  if (most === undefined || most[1].length < FEWEST) return null;
  return { tokens: most[0], times: most[1] };
}

const percentText = (ratio: number): string => `${(ratio * 100).toFixed(1)} %`;

function unsteady(lines: readonly IterationLine[]): string[] {
  const steady = steadyTimes(lines);
  if (steady === null) return [];
  const { mean, deviation } = momentsOf(steady.times);
  const cv = deviation / mean;
  if (cv <= LARGEST_CV) return [];
  return [
    `generation iterations of ${steady.tokens.toString()} tokens vary by ${percentText(cv)} (CV; up to 5 % is steady)`,
  ];
}

/** The first quarter of equal iterations still takes longer than the rest: the warm-up was cut. */
function cold(lines: readonly IterationLine[]): string[] {
  const steady = steadyTimes(lines);
  if (steady === null) return [];
  const quarter = Math.floor(steady.times.length / 4);
  const excess = medianOf(steady.times.slice(0, quarter)) / medianOf(steady.times.slice(quarter)) - 1;
  if (excess <= WARM_UP_EXCESS) return [];
  return [
    `its warm-up was cut: the first ${quarter.toString()} of ${steady.times.length.toString()} equal iterations took ${percentText(excess)} longer than the later ones`,
  ];
}

const figureOf = (run: RunManifest, label: string): number | null =>
  run.figures.find((figure) => figure.label === label)?.value ?? null;

/** Output tokens of a pass: by its report, else by its log; null where neither tells. */
function outputTokens({ run, lines }: PassResult): number | null {
  const throughput = figureOf(run, 'Output throughput');
  const latencyMs = figureOf(run, 'Total latency');
  const durationS = latencyMs === null ? figureOf(run, 'Benchmark duration') : latencyMs / 1000;
  if (throughput !== null && durationS !== null) return throughput * durationS;
  const logged = linesOfOneRank(lines).reduce((sum, { generationTokens = 0 }) => sum + generationTokens, 0);
  return logged === 0 ? null : logged;
}

/** What passes of arm A usually generate; null where they do not tell. */
function usualTokens(passes: readonly PassResult[]): number | null {
  const known = passes.filter(({ arm }) => arm === 'a').flatMap((pass) => outputTokens(pass) ?? []);
  return known.length === 0 ? null : medianOf(known);
}

function otherLength(pass: PassResult, usual: number | null): string[] {
  const tokens = outputTokens(pass);
  if (tokens === null || usual === null || Math.abs(tokens / usual - 1) <= TOKEN_TOLERANCE) return [];
  return [
    `output lengths differ: it generated ${formatCount(tokens)} tokens, passes of the first arm ${formatCount(usual)}`,
  ];
}

/** The timing passes to doubt, a reason each; none for good ones. */
export function suspectsOf(passes: readonly PassResult[]): SuspectPass[] {
  const strangers = strangersOf(passes);
  const usual = usualTokens(passes);
  return passes.flatMap((pass) => {
    const { run, lines, block, arm } = pass;
    const reasons = [
      ...(run.profiled ? ['a profiler or recorder was on'] : []),
      ...throttleDoubts(pass),
      ...strangerDoubts(pass, strangers),
      ...unsteady(lines),
      ...cold(lines),
      ...otherLength(pass, usual),
    ];
    return reasons.map((reason) => ({ runId: run.id, block, arm, reason }));
  });
}
