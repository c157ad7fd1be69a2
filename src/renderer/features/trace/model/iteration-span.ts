// SPDX-License-Identifier: Apache-2.0

/** Iterations from the first to the last, both included. */
export interface IterationSpan {
  readonly first: number;
  readonly last: number;
}

/** `20` or `20-24`; null for anything else. */
export function parseSpan(text: string): IterationSpan | null {
  const [, from, to] = /^\s*(\d{1,9})\s*(?:[-–]\s*(\d{1,9})\s*)?$/.exec(text) ?? [];
  if (from === undefined) return null;
  const [a, b] = [Number(from), Number(to ?? from)];
  return { first: Math.min(a, b), last: Math.max(a, b) };
}

export function spanText({ first, last }: IterationSpan): string {
  return first === last ? first.toString() : `${first}-${last}`;
}
