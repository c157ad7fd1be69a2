// SPDX-License-Identifier: Apache-2.0
import type { ChartOption, ChartTheme } from './theme.ts';

/** What all charts share: no animation, one grid, one look of axes and tooltips. */

export interface AxisUnit {
  readonly name: string;
  readonly ns: number;
}

const UNITS: readonly AxisUnit[] = [
  { name: 'ns', ns: 1 },
  { name: 'µs', ns: 1e3 },
  { name: 'ms', ns: 1e6 },
  { name: 's', ns: 1e9 },
];

/** The unit in which a time axis reads best: its largest value is 1 or more in it. */
export function axisUnit(largestNs: number): AxisUnit {
  return UNITS.findLast(({ ns }) => largestNs >= ns) ?? { name: 'ns', ns: 1 };
}

/** The largest of many numbers; 0 for none. */
export function largest(values: Iterable<number>): number {
  let found = 0;
  for (const value of values) if (value > found) found = value;
  return found;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text for a tooltip, which the chart library reads as HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (found) => ENTITIES[found] ?? found);
}

/** A tooltip: a title and lines of name and value. */
export function tooltipHtml(title: string, lines: readonly (readonly [string, string])[]): string {
  const rows = lines.map(
    ([name, value]) =>
      `<tr><td class="chart__tip-name">${escapeHtml(name)}</td><td class="chart__tip-value">${escapeHtml(value)}</td></tr>`,
  );
  return `<div class="chart__tip"><strong>${escapeHtml(title)}</strong><table>${rows.join('')}</table></div>`;
}

export function baseOption(theme: ChartTheme): ChartOption {
  return {
    animation: false,
    textStyle: { fontFamily: theme.font, fontSize: 11, color: theme.muted },
  };
}

export function tooltipBase(theme: ChartTheme, trigger: 'axis' | 'item') {
  return {
    trigger,
    confine: true,
    transitionDuration: 0,
    backgroundColor: theme.raised,
    borderColor: theme.borderStrong,
    borderWidth: 1,
    borderRadius: 4,
    padding: [4, 8],
    extraCssText: 'box-shadow: none',
    textStyle: { color: theme.text, fontSize: 11, fontFamily: theme.font },
    axisPointer: { type: 'shadow', shadowStyle: { color: theme.accent, opacity: 0.1 } },
  };
}

export function categoryAxis(theme: ChartTheme, data: readonly (string | number)[], name: string) {
  return {
    type: 'category',
    data: data.map(String),
    name,
    nameLocation: 'middle',
    nameGap: 20,
    nameTextStyle: { color: theme.faint, fontSize: 11 },
    axisLine: { lineStyle: { color: theme.borderStrong } },
    axisTick: { show: false },
    axisLabel: { color: theme.muted, fontSize: 11, hideOverlap: true },
  };
}

export function valueAxis(theme: ChartTheme, name: string) {
  return {
    type: 'value',
    name,
    nameTextStyle: { color: theme.faint, fontSize: 11, align: 'right', padding: [0, 4, 0, 0] },
    nameGap: 8,
    splitNumber: 4,
    axisTick: { show: false },
    axisLabel: { color: theme.muted, fontSize: 11 },
    splitLine: { lineStyle: { color: theme.border } },
  };
}

export const plotGrid = {
  left: 8,
  right: 12,
  top: 28,
  bottom: 24,
  outerBoundsMode: 'same',
  outerBoundsContain: 'axisLabel',
};

/** Grids above each other, whose plots begin at the same place whatever their labels are. */
export const stackedGrid = { left: 64, right: 12, outerBoundsMode: 'none' };

export function legendBase(theme: ChartTheme, names: readonly string[]) {
  return {
    data: [...names],
    top: 0,
    right: 8,
    itemWidth: 10,
    itemHeight: 10,
    itemGap: 12,
    icon: 'rect',
    selectedMode: false,
    textStyle: { color: theme.muted, fontSize: 11 },
  };
}
