// SPDX-License-Identifier: Apache-2.0
import { median } from './figures.ts';
import type { IterationRow } from './iteration-rows.ts';

/**
 * Iterations that took unusually long, and why. Each is compared with the iterations of all ranks that have its
 * kind and batch composition (requests in the context and in the generation phase); where those are fewer than
 * five, with all of its kind. Partly captured iterations are neither judged nor compared with.
 */

export interface Outlier {
  /** Time above the median of its peers. */
  readonly excessNs: number;
  readonly medianNs: number;
  readonly of: 'host window' | 'GPU window';
  readonly peers: 'kind and batch' | 'kind';
  /** The component with the largest excess; null when it explains less than half. */
  readonly cause: string | null;
  /** Excess of that component over its own median. */
  readonly causeNs: number;
}

const LEAST_PEERS = 5;
/** Three standard deviations, estimated by the median absolute deviation, which outliers do not move. */
const DEVIATIONS = 3 * 1.4826;
const LEAST_SHARE = 0.1;
const EXPLAINS = 0.5;
const WAITING_FOR_HOST = 'idle: host';

type Measure = (row: IterationRow) => number | null;

/** What can make an iteration long. The first two are causes of the host that a GPU shows as waiting for it. */
const COMPONENTS: readonly (readonly [name: string, measure: Measure])[] = [
  ['garbage collection', ({ gcNs }) => gcNs],
  ['waiting for the GIL', ({ gilWaitingNs }) => gilWaitingNs],
  ['compute', ({ composition }) => composition?.computeNs ?? null],
  ['communication', ({ composition }) => composition?.communicationNs ?? null],
  ['memory', ({ composition }) => composition?.memoryNs ?? null],
  [WAITING_FOR_HOST, ({ idle }) => idle?.hostNs ?? null],
  ['idle: kernel gaps', ({ idle }) => idle?.kernelGapNs ?? null],
  ['idle: dependency', ({ idle }) => idle?.dependencyNs ?? null],
  ['idle: no work', ({ idle }) => idle?.noWorkNs ?? null],
  ['idle: unknown', ({ idle }) => idle?.unknownNs ?? null],
  ['idle', ({ composition, onHost }) => (onHost ? (composition?.idleNs ?? null) : null)],
];
const HOST_CAUSES = 2;

const WINDOWS: readonly (readonly [of: Outlier['of'], measure: Measure])[] = [
  ['host window', ({ timeNs }) => timeNs],
  ['GPU window', ({ gpuWindowNs }) => gpuWindowNs],
];

interface Usual {
  readonly medianNs: number;
  /** Below this excess nothing is unusual. */
  readonly boundNs: number;
}

function usual(values: readonly number[]): Usual | null {
  const medianNs = median(values);
  if (medianNs === null) return null;
  const deviation = median(values.map((value) => Math.abs(value - medianNs))) ?? 0;
  return { medianNs, boundNs: Math.max(deviation * DEVIATIONS, medianNs * LEAST_SHARE) };
}

interface Peers {
  readonly by: Outlier['peers'];
  readonly windows: readonly (Usual | null)[];
  readonly components: readonly (number | null)[];
}

function peersOf(rows: readonly IterationRow[], by: Outlier['peers']): Peers {
  const values = (measure: Measure): number[] => rows.map(measure).filter((value) => value !== null);
  return {
    by,
    windows: WINDOWS.map(([, measure]) => usual(values(measure))),
    components: COMPONENTS.map(([, measure]) => median(values(measure))),
  };
}

function causeOf(
  row: IterationRow,
  { components }: Peers,
  excessNs: number,
): Pick<Outlier, 'cause' | 'causeNs'> {
  const excesses = COMPONENTS.map(([name, measure], at) => {
    const value = measure(row);
    const typical = components[at] ?? null;
    return { name, overNs: value === null || typical === null ? 0 : value - typical };
  });
  const largest = (among: typeof excesses) => among.toSorted((a, b) => b.overNs - a.overNs)[0];
  const explains = (found: (typeof excesses)[number] | undefined): boolean =>
    found !== undefined && found.overNs >= excessNs * EXPLAINS;
  const top = largest(excesses);
  const hostCause = largest(excesses.slice(0, HOST_CAUSES));
  // A device that waits for the host shows that something held the host up, not what.
  const found = top?.name === WAITING_FOR_HOST && explains(hostCause) ? hostCause : top;
  return { cause: explains(found) ? (found?.name ?? null) : null, causeNs: found?.overNs ?? 0 };
}

function judge(row: IterationRow, peers: Peers): Outlier | null {
  for (const [at, [of, measure]] of WINDOWS.entries()) {
    const value = measure(row);
    const window = peers.windows[at] ?? null;
    if (value === null || window === null) continue;
    const excessNs = value - window.medianNs;
    if (excessNs > window.boundNs) {
      return { excessNs, medianNs: window.medianNs, of, peers: peers.by, ...causeOf(row, peers, excessNs) };
    }
  }
  return null;
}

function grouped(
  rows: readonly IterationRow[],
  key: (row: IterationRow) => string,
): Map<string, IterationRow[]> {
  const groups = new Map<string, IterationRow[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group === undefined) groups.set(key(row), [row]);
    else group.push(row);
  }
  return groups;
}

/** The unusually long iterations by the keys of their rows. */
export function findOutliers(rows: readonly IterationRow[]): ReadonlyMap<string, Outlier> {
  const found = new Map<string, Outlier>();
  const whole = rows.filter(({ captured }) => captured === 'complete');
  for (const ofKind of grouped(whole, ({ kind }) => kind).values()) {
    let kindPeers: Peers | undefined;
    const batches = grouped(ofKind, (row) => `${row.contextRequests ?? ''}+${row.generationRequests ?? ''}`);
    for (const batch of batches.values()) {
      if (batch.length < LEAST_PEERS && ofKind.length < LEAST_PEERS) continue;
      kindPeers ??= peersOf(ofKind, 'kind');
      const peers = batch.length < LEAST_PEERS ? kindPeers : peersOf(batch, 'kind and batch');
      for (const row of batch) {
        const outlier = judge(row, peers);
        if (outlier !== null) found.set(row.key, outlier);
      }
    }
  }
  return found;
}
