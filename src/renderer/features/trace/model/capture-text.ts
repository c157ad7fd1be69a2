// SPDX-License-Identifier: Apache-2.0
import type { StepCheck } from '#shared/contract/engine.ts';
import { formatCount } from '#shared/base/units.ts';
import { spanText } from './iteration-span.ts';

/** Whether a rank's recording holds what its steps should, as a text. */

/** Runs of neighbouring numbers: 3, 5-8. More than a few are cut short. */
function spansText(numbers: readonly number[]): string {
  const spans: { first: number; last: number }[] = [];
  for (const number of numbers) {
    const open = spans.at(-1);
    if (open?.last === number - 1) open.last = number;
    else spans.push({ first: number, last: number });
  }
  const named = spans.slice(0, 5).map(spanText).join(', ');
  return spans.length > 5 ? `${named}, …` : named;
}

export function captureText(check: StepCheck | null): string {
  if (check === null) return 'cannot tell: there are no step markers with work to compare';
  const { steps, incomplete, cutIn } = check;
  const cut = cutIn === null ? '' : `; nothing is recorded after step ${cutIn}, whose own end may be missing`;
  if (incomplete.length === 0)
    return `complete: ${formatCount(steps)} steps hold what steps of their kind do${cut}`;
  return `${formatCount(incomplete.length)} of ${formatCount(steps)} steps hold too little: ${spansText(incomplete)}${cut}`;
}
