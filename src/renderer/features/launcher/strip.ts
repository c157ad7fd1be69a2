// SPDX-License-Identifier: Apache-2.0
import type { IterationSpan } from '#shared/contract/launch.ts';

/** The iteration strip: a run from its first iteration to its end, with what is captured of it. */

export interface StripSegment {
  readonly kind: 'warm-up' | 'capture' | 'between' | 'rest' | 'outside';
  readonly first: number;
  readonly last: number;
  /** Shares of the strip's width, 0..1. */
  readonly from: number;
  readonly to: number;
}

export interface Strip {
  readonly segments: readonly StripSegment[];
  /** Iterations that the strip stands for. */
  readonly length: number;
  readonly endKnown: boolean;
}

/** Where the end is not known, the strip shows this share more than what is captured. */
const OPEN_END = 1.25;
/** A captured iteration is never too thin to be seen. */
const LEAST_SHARE = 0.006;

export function stripOf(spans: readonly IterationSpan[], total: number | null): Strip | null {
  const lastCaptured = spans.reduce((last, span) => Math.max(last, span.last), -1);
  if (lastCaptured < 0 && total === null) return null;
  const length = Math.max(total ?? Math.ceil((lastCaptured + 1) * OPEN_END), lastCaptured + 1);
  const segments: StripSegment[] = [];
  const add = (kind: StripSegment['kind'], first: number, last: number): void => {
    if (last < first) return;
    const from = first / length;
    const to = (last + 1) / length;
    segments.push({
      kind,
      first,
      last,
      from,
      to: kind === 'capture' ? Math.max(to, from + LEAST_SHARE) : to,
    });
  };
  let next = 0;
  for (const span of [...spans].sort((a, b) => a.first - b.first)) {
    add(next === 0 ? 'warm-up' : 'between', next, span.first - 1);
    add(total !== null && span.first >= total ? 'outside' : 'capture', span.first, span.last);
    next = span.last + 1;
  }
  add('rest', next, length - 1);
  return { segments, length, endKnown: total !== null };
}
