// SPDX-License-Identifier: Apache-2.0
import type { ReadyTrace } from './ready.ts';
import { cureOf } from './warning-cures.ts';

/** What the reader noticed in the traces of a set: one line for what several ranks share. */

export interface SetWarning {
  readonly code: string;
  readonly message: string;
  readonly cure: string;
  /** Over all ranks. */
  readonly count: number;
  /** Which ranks, as a text. */
  readonly ranks: string;
}

/** More than these are counted instead of named. */
const MOST_NAMED = 4;

function rankText(labels: readonly string[], of: number): string {
  if (of > 1 && labels.length === of) return `all ${of} ranks`;
  if (labels.length <= MOST_NAMED) return labels.join(', ');
  return `${labels.slice(0, MOST_NAMED).join(', ')} and ${labels.length - MOST_NAMED} more`;
}

export function setWarnings(
  traces: readonly { readonly label: string; readonly trace: Pick<ReadyTrace['trace'], 'summary'> }[],
): readonly SetWarning[] {
  const found = new Map<string, { code: string; message: string; count: number; labels: string[] }>();
  for (const { label, trace } of traces) {
    for (const { code, message, count } of trace.summary.warnings) {
      const key = `${code} ${message}`;
      const warning = found.get(key) ?? { code, message, count: 0, labels: [] };
      warning.count += count;
      if (!warning.labels.includes(label)) warning.labels.push(label);
      found.set(key, warning);
    }
  }
  return [...found.values()].map(({ code, message, count, labels }) => ({
    code,
    message,
    cure: cureOf(code),
    count,
    ranks: rankText(labels, traces.length),
  }));
}
