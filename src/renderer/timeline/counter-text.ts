// SPDX-License-Identifier: Apache-2.0
import type { Counter } from '#shared/contract/points.ts';
import { formatBytes } from '#shared/base/units.ts';
import { formatFigure } from '#renderer/base/format.ts';

/** Values of counters as text, with their unit. */

const BYTES = /^(b|bytes?)$/i;

export function counterValue({ unit }: Pick<Counter, 'unit'>, value: number): string {
  if (BYTES.test(unit) && value >= 0) return formatBytes(Math.round(value));
  const figure = value < 0 ? `−${formatFigure(-value)}` : formatFigure(value);
  return unit === '' ? figure : `${figure} ${unit}`;
}

/** The least and the greatest value of all. */
export function counterSpan(counter: Counter): string {
  return `${counterValue(counter, counter.min)} to ${counterValue(counter, counter.max)}`;
}
