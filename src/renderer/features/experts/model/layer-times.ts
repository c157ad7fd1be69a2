// SPDX-License-Identifier: Apache-2.0
import { formatPercent } from '#shared/base/units.ts';
import type { TraceExpertTimes } from '#shared/contract/experts.ts';
import { measuredShare, sumOf, type ExpertTime } from './use-expert-times.ts';

/**
 * Expert computing by layer and rank, in iterations that the traces of all ranks hold: only there can it be said who was
 * slow, and what everybody waited for.
 */

export interface LayerTime {
  readonly layer: number;
  /** In the order of the ranks. */
  readonly rankNs: readonly number[];
  readonly meanNs: number;
  readonly slowest: string;
  readonly slowestNs: number;
  /** Slowest over mean − 1 of the summed times; null without time. */
  readonly imbalance: number | null;
  /** Time of the slowest rank beyond the mean one, summed over iterations. */
  readonly savedNs: number;
}

type Timed = ExpertTime & { readonly times: TraceExpertTimes };

const isTimed = (time: ExpertTime): time is Timed => time.times !== null;

/** The traces, when all of them tell of expert computing; none else. */
function timedOf(times: readonly ExpertTime[]): readonly Timed[] {
  const timed = times.filter(isTimed);
  return timed.length === times.length ? timed : [];
}

function commonIterations(timed: readonly Timed[]): readonly number[] {
  const [first, ...others] = timed.map(({ times }) => new Set(times.iterations));
  return [...(first ?? [])].filter((iteration) => others.every((held) => held.has(iteration)));
}

export const rankName = ({ rank, name }: Pick<ExpertTime, 'rank' | 'name'>): string =>
  rank === null ? name : `rank ${rank}`;

/** Time of a layer in an iteration; undefined where the trace does not tell the layer. */
function cellNs({ times }: Timed, layer: number, iteration: number): number | undefined {
  const row = times.layers.indexOf(layer);
  const column = times.iterations.indexOf(iteration);
  return row < 0 || column < 0 ? undefined : times.layerNs[row * times.iterations.length + column];
}

function layerTime(timed: readonly Timed[], layer: number, iterations: readonly number[]): LayerTime | null {
  const rankNs = timed.map(() => 0);
  let savedNs = 0;
  for (const iteration of iterations) {
    const cells = timed.map((time) => cellNs(time, layer, iteration));
    const known = cells.filter((cell) => cell !== undefined);
    if (known.length < cells.length) return null;
    for (const [at, ns] of known.entries()) rankNs[at] = (rankNs[at] ?? 0) + ns;
    savedNs += known.reduce((most, ns) => Math.max(most, ns), 0) - sumOf(known) / known.length;
  }
  const slowestNs = rankNs.reduce((most, ns) => Math.max(most, ns), 0);
  const meanNs = sumOf(rankNs) / Math.max(rankNs.length, 1);
  const at = timed[rankNs.indexOf(slowestNs)];
  const slowest = at === undefined ? '' : rankName(at);
  const imbalance = meanNs > 0 ? slowestNs / meanNs - 1 : null;
  return { layer, rankNs, meanNs, slowest, slowestNs, imbalance, savedNs };
}

/** By layer; only those that every rank's trace tells. */
export function layerTimes(times: readonly ExpertTime[]): readonly LayerTime[] {
  const timed = timedOf(times);
  const iterations = commonIterations(timed);
  if (iterations.length === 0) return [];
  const layers = timed[0]?.times.layers ?? [];
  return layers.flatMap((layer) => layerTime(timed, layer, iterations) ?? []);
}

export interface MeasuredEstimate {
  /** T / (T − saved) − 1. */
  readonly gain: number;
  readonly savedNs: number;
  /** Expert computing of the rank that was slowest, layer by layer and iteration by iteration. */
  readonly criticalNs: number;
  /** The critical rank's iterations, waiting included. */
  readonly iterationNs: number;
}

/**
 * What balance would gain by measured times; null where no layer is told, or where fewer ranks were traced than recorded
 * (at least two): nobody waits for a mean of some.
 */
export function measuredEstimate(
  times: readonly ExpertTime[],
  recordedRanks: number,
): MeasuredEstimate | null {
  const layers = layerTimes(times);
  if (times.length < Math.max(recordedRanks, 2) || layers.length === 0) return null;
  const timed = timedOf(times);
  const windows = commonIterations(timed).map((iteration) =>
    timed.reduce((most, { windowNs }) => Math.max(most, windowNs.get(iteration) ?? 0), 0),
  );
  const iterationNs = sumOf(windows);
  const savedNs = sumOf(layers.map((layer) => layer.savedNs));
  const criticalNs = sumOf(layers.map((layer) => layer.meanNs)) + savedNs;
  if (iterationNs <= savedNs) return null;
  return { gain: iterationNs / (iterationNs - savedNs) - 1, savedNs, criticalNs, iterationNs };
}

/**
 * What of an iteration is expert computing that everybody waits for: of each layer's slowest rank where layers are told, else
 * of the rank that was slowest in all. Null where no trace tells.
 */
export function criticalShare(
  times: readonly ExpertTime[],
  estimate: MeasuredEstimate | null,
): number | null {
  const whole = measuredShare(times);
  if (whole === null || estimate === null) return whole;
  const byLayer = estimate.criticalNs / estimate.iterationNs;
  return byLayer < 1 ? Math.max(whole, byLayer) : whole;
}

const TOLD_BY: Readonly<Record<TraceExpertTimes['toldBy'], string>> = {
  kernels: 'MoE kernels',
  ranges: 'kernels launched within ranges that are named for experts',
  operators: 'the operator moe.experts of the embedded engine',
};

/** What the times are, and what of them belongs to no layer. */
export function sourceText(times: readonly ExpertTime[]): string {
  const timed = times.filter(isTimed);
  const [first] = timed;
  if (times.length === 0) return 'No trace of this run is here: time beside tokens cannot be told.';
  if (first === undefined) {
    return 'Cannot answer: the traces have neither MoE kernels nor ranges that are named for experts. Switch on TLLM_NVTX_DEBUG, or capture without CUDA graphs.';
  }
  const total = sumOf(timed.flatMap((time) => [...time.times.totalNs]));
  const told = sumOf(timed.flatMap((time) => [...time.times.layerNs]));
  const byOrder = sumOf(timed.map((time) => time.times.byOrderNs));
  const share = (ns: number): string => formatPercent(total === 0 ? 0 : ns / total);
  const order =
    byOrder > 0
      ? ` Layers of ${share(byOrder)} are inferred from the order: each iteration runs the same kernels once for each layer.`
      : '';
  const untold =
    total > told
      ? ` ${share(total - told)} belongs to no layer that can be told: CUDA graphs are launched outside of ranges of layers.`
      : '';
  return `Told by ${TOLD_BY[first.times.toldBy]}.${order}${untold}`;
}
