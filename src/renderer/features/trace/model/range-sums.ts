// SPDX-License-Identifier: Apache-2.0
import type { DeviceRange, Group } from '#shared/contract/analysis.ts';
import type { Track } from '#shared/contract/engine.ts';
import { trackLabel } from '#renderer/timeline/track-tree.ts';

/** What a range of time holds, as rows of a table: one for each kind, name or track of each trace. */

export type RangeBy = 'kind' | 'name' | 'track';

export interface RangeRow {
  readonly key: string;
  /** The trace's, when several are shown. */
  readonly rank: string;
  readonly label: string;
  readonly kind: string | null;
  readonly count: number;
  /** What lies inside of the range. */
  readonly insideNs: number;
  readonly meanNs: number;
  readonly minNs: number;
  readonly medianNs: number;
  readonly p95Ns: number;
  readonly maxNs: number;
}

export interface RangePart {
  readonly label: string;
  readonly tracks: readonly Track[];
  readonly groups: readonly Group[];
}

function labelOf({ name, kind, trackId }: Group, tracks: readonly Track[]): string {
  const track = trackId === null ? undefined : tracks.find(({ id }) => id === trackId);
  return track === undefined ? (name ?? kind ?? '') : trackLabel(track);
}

export function rangeRows(parts: readonly RangePart[]): RangeRow[] {
  const several = parts.length > 1;
  return parts.flatMap(({ label, tracks, groups }) =>
    groups.map((group) => {
      const { count, totalNs, minNs, medianNs, p95Ns, maxNs } = group.durations;
      return {
        key: `${label}\n${group.name ?? ''}\n${group.kind ?? ''}\n${group.trackId ?? ''}`,
        rank: several ? label : '',
        label: labelOf(group, tracks),
        kind: group.kind,
        count,
        insideNs: group.insideNs,
        meanNs: count === 0 ? 0 : totalNs / count,
        minNs,
        medianNs,
        p95Ns,
        maxNs,
      };
    }),
  );
}

/** How a device spent a range, as shares of it. */
export interface DeviceShares {
  readonly label: string;
  readonly busyNs: number;
  readonly idleNs: number;
  readonly exposedNs: number;
  readonly busyRatio: number;
}

export function deviceShares(rank: string, device: DeviceRange): DeviceShares {
  const { computeNs, communicationNs, memoryNs, idleNs } = device.composition;
  const busyNs = computeNs + communicationNs + memoryNs;
  const wholeNs = busyNs + idleNs;
  return {
    label: rank === '' ? `GPU ${device.deviceId}` : `${rank} · GPU ${device.deviceId}`,
    busyNs,
    idleNs,
    exposedNs: communicationNs,
    busyRatio: wholeNs === 0 ? 0 : busyNs / wholeNs,
  };
}
