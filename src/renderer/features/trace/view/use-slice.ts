// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { toFailure } from '#shared/base/errors.ts';
import type { SliceDetails } from '#shared/contract/engine.ts';
import type { SelectedSlice } from '#renderer/stores/trace-view.ts';
import type { ReadyTrace } from '../model/ready.ts';

/** A slice with the slices that its details name. */
export interface SliceAnswer {
  readonly ready: ReadyTrace;
  readonly details: SliceDetails;
  readonly parent: SliceDetails | null;
  /** The first few. */
  readonly partners: readonly SliceDetails[];
}

export type SliceState = SliceAnswer | { readonly message: string } | null;

const SHOWN_PARTNERS = 8;

async function load(ready: ReadyTrace, row: number): Promise<SliceAnswer> {
  const details = await ready.session.slice(row);
  const { parentRow, partnerRows } = details;
  const [parent, ...partners] = await Promise.all([
    parentRow === null ? null : ready.session.slice(parentRow),
    ...partnerRows.slice(0, SHOWN_PARTNERS).map((partner) => ready.session.slice(partner)),
  ]);
  return { ready, details, parent, partners };
}

/** The selected slice's details; the former answer stays until the next one is there. Null for none. */
export function useSlice(traces: readonly ReadyTrace[], slice: SelectedSlice | null): SliceState {
  const [answer, setAnswer] = useState<SliceState>(null);
  useEffect(() => {
    const ready = traces.find(({ session }) => session.source.sourceId === slice?.sourceId);
    if (slice === null || ready === undefined) return undefined;
    let current = true;
    load(ready, slice.row).then(
      (loaded) => {
        if (current) setAnswer(loaded);
      },
      (thrown: unknown) => {
        if (current) setAnswer({ message: toFailure(thrown).message });
      },
    );
    return () => {
      current = false;
    };
  }, [traces, slice]);
  return slice === null ? null : answer;
}
