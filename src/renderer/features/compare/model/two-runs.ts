// SPDX-License-Identifier: Apache-2.0
import type { LayerMetrics } from '#shared/contract/experts.ts';
import type { IterationLine, ReportedFigure, RunManifest } from '#shared/contract/run.ts';

/** What two runs say next to each other: one pass each, so that nothing here is a verdict. */

export interface RunSide {
  readonly manifest: RunManifest;
  readonly lines: readonly IterationLine[];
}

/** Expert load of a run over all iterations that it recorded. */
export interface SideExperts {
  readonly ranks: number;
  readonly first: number;
  readonly last: number;
  readonly layers: readonly LayerMetrics[];
}

export interface FigurePair {
  readonly label: string;
  readonly unit: string;
  readonly a: number | null;
  readonly b: number | null;
}

/** Figures that either run reported, rates first. */
export function figurePairs(a: readonly ReportedFigure[], b: readonly ReportedFigure[]): FigurePair[] {
  const keyOf = ({ label, unit }: ReportedFigure): string => `${label}\0${unit}`;
  const values = (of: readonly ReportedFigure[]) => new Map(of.map((found) => [keyOf(found), found.value]));
  const [valuesA, valuesB] = [values(a), values(b)];
  const known = new Map([...a, ...b].map((found) => [keyOf(found), found]));
  const pairs = [...known].map(([key, { label, unit }]) => ({
    label,
    unit,
    a: valuesA.get(key) ?? null,
    b: valuesB.get(key) ?? null,
  }));
  const isRate = ({ unit }: FigurePair): boolean => unit.endsWith('/s');
  return [...pairs.filter(isRate), ...pairs.filter((pair) => !isRate(pair))];
}

/** B over A as a change; null where one is missing or A is nothing. */
export function changeOf({ a, b }: Pick<FigurePair, 'a' | 'b'>): number | null {
  return a === null || b === null || a <= 0 ? null : b / a - 1;
}

export interface StepTimes {
  readonly iterations: readonly number[];
  readonly a: readonly (number | null)[];
  readonly b: readonly (number | null)[];
}

/** Of ranks that logged the same iteration the slowest counts: the others wait for it. */
function slowestByIteration(lines: readonly IterationLine[]): Map<number, number> {
  const slowest = new Map<number, number>();
  for (const { iteration, hostStepMs } of lines)
    slowest.set(iteration, Math.max(hostStepMs, slowest.get(iteration) ?? 0));
  return slowest;
}

/** Host step times of both runs by iteration number, in milliseconds. */
export function stepTimes(a: readonly IterationLine[], b: readonly IterationLine[]): StepTimes {
  const [timesA, timesB] = [slowestByIteration(a), slowestByIteration(b)];
  const iterations = [...new Set([...timesA.keys(), ...timesB.keys()])].sort((x, y) => x - y);
  const valuesOf = (times: Map<number, number>) =>
    iterations.map((iteration) => times.get(iteration) ?? null);
  return { iterations, a: valuesOf(timesA), b: valuesOf(timesB) };
}

function medianOf(values: readonly number[]): number | null {
  const sorted = [...values].sort((x, y) => x - y);
  const middle = sorted.length >> 1;
  const [lower = null, upper = null] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 || lower === null || upper === null ? upper : (lower + upper) / 2;
}

export interface KindTimes {
  readonly kind: string;
  readonly countA: number;
  readonly countB: number;
  readonly a: number | null;
  readonly b: number | null;
}

const hasContext = ({ contextRequests = 0, contextTokens = 0 }: IterationLine): boolean =>
  contextRequests > 0 || contextTokens > 0;

/** Median host step time, of iterations with and without context requests, which are never mixed. */
export function kindTimes(a: readonly IterationLine[], b: readonly IterationLine[]): KindTimes[] {
  const of = (kind: string, chosen: (line: IterationLine) => boolean): KindTimes => {
    const [timesA, timesB] = [a, b].map((lines) => lines.filter(chosen).map(({ hostStepMs }) => hostStepMs));
    return {
      kind,
      countA: timesA?.length ?? 0,
      countB: timesB?.length ?? 0,
      a: medianOf(timesA ?? []),
      b: medianOf(timesB ?? []),
    };
  };
  return [of('with context', hasContext), of('generation only', (line) => !hasContext(line))].filter(
    ({ countA, countB }) => countA + countB > 0,
  );
}

export interface LayerPair {
  readonly layer: number;
  readonly a: LayerMetrics | null;
  readonly b: LayerMetrics | null;
}

/** The layers that either run recorded, in their order. */
export function layerPairs(a: SideExperts | null, b: SideExperts | null): LayerPair[] {
  const find = (side: SideExperts | null, layer: number): LayerMetrics | null =>
    side?.layers.find((found) => found.layer === layer) ?? null;
  const layers = [...(a?.layers ?? []), ...(b?.layers ?? [])].map(({ layer }) => layer);
  return [...new Set(layers)]
    .sort((x, y) => x - y)
    .map((layer) => ({ layer, a: find(a, layer), b: find(b, layer) }));
}
