// SPDX-License-Identifier: Apache-2.0
import type { Era } from '#shared/contract/recipe-parameter.ts';
import type { IterationSpan } from '#shared/contract/launch.ts';

/**
 * Iteration windows as a user states them, and as TLLM_PROFILE_START_STOP wants them. The user says
 * which iterations are captured; whether the variable's second number is included depends on the era.
 */

export type WindowText =
  | { readonly ok: true; readonly spans: readonly IterationSpan[] }
  | { readonly ok: false; readonly message: string };

const FIRST_COUNT = /^(\d+)\s*\+\s*(\d+)$/;
const FIRST_LAST = /^(\d+)\s*-\s*(\d+)$/;
const SINGLE = /^(\d+)$/;
/** Beyond this an iteration number is a typing error, and arithmetic on it would lose exactness. */
const LARGEST_ITERATION = 1_000_000_000;

const refuse = (message: string): WindowText => ({ ok: false, message });

function parseSpan(text: string): IterationSpan | string {
  const single = SINGLE.exec(text);
  if (single !== null) return { first: Number(single[1]), last: Number(single[1]) };
  const counted = FIRST_COUNT.exec(text);
  if (counted !== null) {
    const [first, count] = [Number(counted[1]), Number(counted[2])];
    if (count < 1) return `The window "${text}" captures no iteration: the count after + must be at least 1.`;
    return { first, last: first + count - 1 };
  }
  const ranged = FIRST_LAST.exec(text);
  if (ranged !== null) {
    const [first, last] = [Number(ranged[1]), Number(ranged[2])];
    if (last <= first) {
      return `The window "${text}" ends at or before its start: its last iteration must be greater than ${first}; write ${first}+1 for one iteration.`;
    }
    return { first, last };
  }
  return `"${text}" is not an iteration window: write first+count (20+10) or first-last (20-29).`;
}

/** Parses `20+10`, `20-29`, `20` or a comma-separated list of them. Empty text means no window. */
export function parseWindowText(text: string): WindowText {
  if (text.trim() === '') return { ok: true, spans: [] };
  const spans: IterationSpan[] = [];
  for (const piece of text.split(',')) {
    const span = parseSpan(piece.trim());
    if (typeof span === 'string') return refuse(span);
    if (span.last > LARGEST_ITERATION) {
      return refuse(`The window "${piece.trim()}" reaches beyond iteration ${LARGEST_ITERATION}.`);
    }
    spans.push(span);
  }
  spans.sort((a, b) => a.first - b.first);
  for (const [index, span] of spans.entries()) {
    const before = spans[index - 1];
    if (before !== undefined && span.first <= before.last) {
      return refuse(
        `The windows ${spanText(before)} and ${spanText(span)} overlap: the engine would stop with an error; leave at least one iteration to each alone.`,
      );
    }
  }
  return { ok: true, spans };
}

const spanText = (span: IterationSpan): string => `${span.first}-${span.last}`;

/**
 * The value of TLLM_PROFILE_START_STOP that captures exactly these iterations in this era: e1 includes
 * the second number, e2 and e3 stop before it.
 */
export function startStopText(spans: readonly IterationSpan[], era: Era): string {
  const beyond = era === 'e1' ? 0 : 1;
  return spans.map(({ first, last }) => `${first}-${(last + beyond).toString()}`).join(',');
}

/** A window in words, for messages. */
export function describeSpans(spans: readonly IterationSpan[]): string {
  const parts = spans.map(({ first, last }) =>
    first === last ? `iteration ${first}` : `iterations ${first} to ${last}`,
  );
  return parts.join(', ');
}
