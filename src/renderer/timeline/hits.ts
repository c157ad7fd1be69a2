// SPDX-License-Identifier: Apache-2.0
import type { TimelineTrace, TimeRange } from './types.ts';

/** What a search found, as it is drawn: which rectangles stay bright, and when there are hits. */

export interface TraceHits extends TimeRange {
  readonly traceKey: string;
  /** Hits that begin in each equal part of the range, which is world time. */
  readonly bins: Uint32Array;
  /** By name and number of the kind. */
  readonly isHit: (name: string, kind: number) => boolean;
  /** Where slices of one name differ in what was searched, their rows say which are hits. */
  readonly rows?: ReadonlySet<number>;
}

/** Whether the rectangle of a slice, or of several whose longest it is, stays bright: by its name's id, kind and row. */
export type HitTest = (nameId: number, kind: number, row: number) => boolean;

const KINDS = 256;

/** Answers once for each name and kind. A name that has not come yet counts as a hit until it is there. */
function makeTest(trace: TimelineTrace, { isHit: answers, rows }: TraceHits): HitTest {
  if (rows !== undefined) return (_nameId, _kind, row) => rows.has(row);
  const known = new Map<number, boolean>();
  return (nameId, kind) => {
    const key = nameId * KINDS + kind;
    const answer = known.get(key);
    if (answer !== undefined) return answer;
    const name = trace.source.name(nameId);
    if (name === undefined) return true;
    const isHit = answers(name, kind);
    known.set(key, isHit);
    return isHit;
  };
}

export class Hits {
  #of: readonly TraceHits[] = [];
  #tests = new Map<TimelineTrace, HitTest>();

  /** None ends the search: everything is bright. */
  set(hits: readonly TraceHits[]): void {
    this.#of = hits;
    this.#tests = new Map();
  }

  /** By trace index; undefined where nothing is searched. */
  testsOf(traces: readonly TimelineTrace[]): readonly (HitTest | undefined)[] {
    return traces.map((trace) => {
      const hits = this.#of.find(({ traceKey }) => traceKey === trace.key);
      if (hits === undefined) return undefined;
      const test = this.#tests.get(trace) ?? makeTest(trace, hits);
      this.#tests.set(trace, test);
      return test;
    });
  }

  /** By trace index. */
  binsOf(traces: readonly TimelineTrace[]): readonly (TraceHits | undefined)[] {
    return traces.map(({ key }) => this.#of.find(({ traceKey }) => traceKey === key));
  }
}
