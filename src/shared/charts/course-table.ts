// SPDX-License-Identifier: Apache-2.0
import { formatCount } from '../base/units.ts';
import type { PassCourse } from '../contract/comparison-charts.ts';
import type { ArmLabels } from './arms.ts';

/** Courses of passes as a table: whether a pass slowed down, and whether its clocks did. */

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

const countText = (value: number | null): string => (value === null ? '–' : formatCount(value));

function rowOf({ block, arm, throughput, clocks }: PassCourse, labels: ArmLabels): readonly string[] {
  const rates = throughput.map(({ tokensPerS }) => tokensPerS);
  const half = Math.ceil(rates.length / 2);
  const mhz = clocks.map(({ smMhz }) => smMhz);
  return [
    `Block ${block.toString()}, ${labels[arm]}`,
    countText(mean(rates.slice(0, half))),
    countText(mean(rates.slice(half))),
    countText(mean(mhz)),
    countText(mhz.length === 0 ? null : mhz.reduce((least, clock) => Math.min(least, clock))),
  ];
}

export function courseTable(courses: readonly PassCourse[], labels: ArmLabels) {
  return {
    head: [
      'Pass',
      'First half (tok/s)',
      'Second half (tok/s)',
      'Mean SM clock (MHz)',
      'Lowest SM clock (MHz)',
    ],
    rows: courses.map((course) => rowOf(course, labels)),
  };
}
