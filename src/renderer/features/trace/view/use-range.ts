// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { toFailure } from '#shared/base/errors.ts';
import {
  deviceShares,
  rangeRows,
  type DeviceShares,
  type RangeBy,
  type RangeRow,
} from '../model/range-sums.ts';
import type { ReadyTrace } from '../model/ready.ts';

export interface TimeSpan {
  readonly startNs: number;
  readonly endNs: number;
}

export interface RangeAnswer {
  readonly rows: readonly RangeRow[];
  readonly devices: readonly DeviceShares[];
}

export type RangeState = RangeAnswer | { readonly message: string } | null;
export type RangeLayer = 'device-work' | 'operators' | 'ranges' | 'calls' | 'all';

const LIMIT = 1000;

async function load(
  traces: readonly ReadyTrace[],
  range: TimeSpan,
  layer: RangeLayer,
  by: RangeBy,
  signal: AbortSignal,
): Promise<RangeAnswer> {
  const several = traces.length > 1;
  const parts = await Promise.all(
    traces.map(async ({ session, trace, label, offsetNs }) => {
      const own = { startNs: range.startNs - offsetNs, endNs: range.endNs - offsetNs };
      const [groups, devices] = await Promise.all([
        session.groupsBy(by, { layer, ...own }, LIMIT, signal),
        session.deviceRanges(own.startNs, own.endNs, signal),
      ]);
      return { label, tracks: trace.tracks, groups, devices };
    }),
  );
  return {
    rows: rangeRows(parts),
    devices: parts.flatMap(({ label, devices }) =>
      devices.map((device) => deviceShares(several ? label : '', device)),
    ),
  };
}

/** What a range holds; the former answer stays until the next one is there. */
export function useRange(
  traces: readonly ReadyTrace[],
  range: TimeSpan,
  layer: RangeLayer,
  by: RangeBy,
): RangeState {
  const [answer, setAnswer] = useState<RangeState>(null);
  useEffect(() => {
    const abort = new AbortController();
    load(traces, range, layer, by, abort.signal).then(
      (loaded) => {
        if (!abort.signal.aborted) setAnswer(loaded);
      },
      (thrown: unknown) => {
        if (!abort.signal.aborted) setAnswer({ message: toFailure(thrown).message });
      },
    );
    return () => abort.abort();
  }, [traces, range, layer, by]);
  return answer;
}
