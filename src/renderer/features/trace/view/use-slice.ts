// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { toFailure } from '#shared/base/errors.ts';
import type { FlowArrow, SliceDetails } from '#shared/contract/engine.ts';
import { follow } from '#renderer/base/follow.ts';
import type { SelectedSlice } from '#renderer/stores/trace-view.ts';
import type { ReadyTrace } from '../model/ready.ts';

/** An arrow of the trace, with the slice at its other end. */
export interface SliceFlow {
  readonly category: string;
  readonly details: SliceDetails;
}

/** A slice with the slices that its details name. */
export interface SliceAnswer {
  readonly ready: ReadyTrace;
  readonly details: SliceDetails;
  /** What it lies in, the innermost first. */
  readonly parents: readonly SliceDetails[];
  /** The first few. */
  readonly partners: readonly SliceDetails[];
  /** Arrows to others than these partners; the first few, and how many there are. */
  readonly flowsIn: readonly SliceFlow[];
  readonly flowsOut: readonly SliceFlow[];
  readonly flowsInCount: number;
  readonly flowsOutCount: number;
}

export type SliceState = SliceAnswer | { readonly message: string } | null;

const SHOWN_PARTNERS = 8;
const SHOWN_FLOWS = 8;
const MAX_STACK = 64;

/** The stack around a slice, the innermost first. */
async function stackOf(ready: ReadyTrace, details: SliceDetails): Promise<readonly SliceDetails[]> {
  const stack: SliceDetails[] = [];
  let next = details.parentRow;
  while (next !== null && stack.length < MAX_STACK) {
    const parent = await ready.session.slice(next);
    stack.push(parent);
    next = parent.parentRow;
  }
  return stack;
}

async function flowsOf({ session }: ReadyTrace, arrows: readonly FlowArrow[]): Promise<SliceFlow[]> {
  const shown = arrows.slice(0, SHOWN_FLOWS);
  return Promise.all(
    shown.map(async ({ row, category }) => ({ category, details: await session.slice(row) })),
  );
}

async function load(ready: ReadyTrace, row: number): Promise<SliceAnswer> {
  const details = await ready.session.slice(row);
  const { partnerRows } = details;
  const others = (arrows: readonly FlowArrow[]) => arrows.filter((arrow) => !partnerRows.includes(arrow.row));
  const into = others(details.flowsIn);
  const outOf = others(details.flowsOut);
  const [parents, flowsIn, flowsOut, ...partners] = await Promise.all([
    stackOf(ready, details),
    flowsOf(ready, into),
    flowsOf(ready, outOf),
    ...partnerRows.slice(0, SHOWN_PARTNERS).map((partner) => ready.session.slice(partner)),
  ]);
  const counts = { flowsInCount: into.length, flowsOutCount: outOf.length };
  return { ready, details, parents, partners, flowsIn, flowsOut, ...counts };
}

/**
 * The selected slice's details. While another is being read, the former ones stay; once nothing is selected, or its trace
 * is closed, they are gone.
 */
export function useSlice(traces: readonly ReadyTrace[], slice: SelectedSlice | null): SliceState {
  const [answer, setAnswer] = useState<SliceState>(null);
  useEffect(() => {
    const ready = traces.find(({ session }) => session.source.sourceId === slice?.sourceId);
    const asked = slice === null || ready === undefined ? Promise.resolve(null) : load(ready, slice.row);
    return follow(asked, setAnswer, (thrown) => setAnswer({ message: toFailure(thrown).message }));
  }, [traces, slice]);
  return slice === null ? null : answer;
}
