// SPDX-License-Identifier: Apache-2.0
import { compositionNs, sumCompositions, type IterationRow } from './iteration-rows.ts';

/** The few figures that say how a trace set went. */

export interface SetFigures {
  readonly iterationCount: number;
  readonly firstIteration: number | null;
  readonly lastIteration: number | null;
  /** Null where there is no such iteration. */
  readonly medianNs: number | null;
  readonly contextMedianNs: number | null;
  readonly generationMedianNs: number | null;
  /** Compute, communication and memory over all windows together; null without any window. */
  readonly busyRatio: number | null;
  readonly computeRatio: number | null;
  readonly communicationRatio: number | null;
  readonly medianIdleNs: number | null;
  readonly medianShiftNs: number | null;
  /** The windows are host windows: the traces hold no GPU activity. */
  readonly onHost: boolean;
  readonly inferred: boolean;
}

/** The middle value, of an even number the mean of both; null for none. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) return null;
  if (sorted.length % 2 === 1) return upper;
  return (upper + (sorted[middle - 1] ?? upper)) / 2;
}

const notNull = <T>(value: T | null): value is T => value !== null;

const medianTime = (rows: readonly IterationRow[], kind?: IterationRow['kind']): number | null =>
  median(rows.filter((row) => kind === undefined || row.kind === kind).map(({ timeNs }) => timeNs));

export function setFigures(rows: readonly IterationRow[]): SetFigures {
  const indices = [...new Set(rows.map(({ index }) => index))].sort((a, b) => a - b);
  const compositions = rows.map(({ composition }) => composition).filter(notNull);
  const whole = sumCompositions(compositions);
  const wholeNs = whole === null ? 0 : compositionNs(whole);
  const share = (ns: number | undefined): number | null =>
    ns === undefined || wholeNs === 0 ? null : ns / wholeNs;
  return {
    iterationCount: indices.length,
    firstIteration: indices[0] ?? null,
    lastIteration: indices.at(-1) ?? null,
    medianNs: medianTime(rows),
    contextMedianNs: medianTime(rows, 'context'),
    generationMedianNs: medianTime(rows, 'generation'),
    busyRatio: whole === null ? null : share(wholeNs - whole.idleNs),
    computeRatio: share(whole?.computeNs),
    communicationRatio: share(whole?.communicationNs),
    medianIdleNs: median(compositions.map(({ idleNs }) => idleNs)),
    medianShiftNs: median(rows.map(({ shiftNs }) => shiftNs).filter(notNull)),
    onHost: rows.length > 0 && rows.every(({ onHost }) => onHost),
    inferred: rows.some(({ inferred }) => inferred),
  };
}
