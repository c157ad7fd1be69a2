// SPDX-License-Identifier: Apache-2.0
import type { Composition } from '#shared/contract/analysis.ts';
import { formatDurationNs, formatPercent } from '#shared/base/units.ts';
import {
  axisUnit,
  baseOption,
  categoryAxis,
  largest,
  legendBase,
  plotGrid,
  tooltipBase,
  tooltipHtml,
  valueAxis,
} from './common.ts';
import type { ChartOption } from './echarts.ts';
import type { ChartTheme } from './theme.ts';

/** Stacked bars: how each iteration's window divides into compute, communication, memory and idle, by rank. */

export interface CompositionRank {
  readonly label: string;
  /** One for each iteration; null where the rank has none. */
  readonly parts: readonly (Composition | null)[];
}

export interface CompositionData {
  readonly iterations: readonly number[];
  readonly ranks: readonly CompositionRank[];
  /** Position in `iterations`; null for none. */
  readonly selected: number | null;
}

const PARTS = [
  { key: 'computeNs', name: 'compute', colour: 'compute' },
  { key: 'communicationNs', name: 'communication', colour: 'communication' },
  { key: 'memoryNs', name: 'memory', colour: 'memory' },
  { key: 'idleNs', name: 'idle', colour: 'idle' },
] as const;

/** Length of the window that a composition divides. */
export function windowNs(parts: Composition): number {
  return parts.computeNs + parts.communicationNs + parts.memoryNs + parts.idleNs;
}

function tooltip(data: CompositionData, at: number): string {
  const lines = data.ranks.flatMap(({ label, parts }) => {
    const of = parts[at];
    if (of === undefined || of === null) return [];
    const whole = windowNs(of);
    const shares = PARTS.map(({ key, name }): [string, string] => [
      name,
      `${formatDurationNs(of[key])} · ${formatPercent(whole === 0 ? 0 : of[key] / whole)}`,
    ]);
    const title: [string, string] = [data.ranks.length > 1 ? label : 'window', formatDurationNs(whole)];
    return [title, ...shares];
  });
  return tooltipHtml(`Iteration ${data.iterations[at] ?? ''}`, lines);
}

function rankSeries(data: CompositionData, theme: ChartTheme, unitNs: number) {
  return data.ranks.flatMap(({ label, parts }) =>
    PARTS.map(({ key, name, colour }) => ({
      type: 'bar',
      name,
      stack: label,
      itemStyle: { color: theme[colour] },
      emphasis: { disabled: true },
      barCategoryGap: '18%',
      barGap: '4%',
      data: parts.map((of) => (of === null ? null : of[key] / unitNs)),
    })),
  );
}

/** A ground behind the selected iteration, on an axis of its own. */
function selectionSeries(data: CompositionData, theme: ChartTheme) {
  return {
    type: 'bar',
    name: 'selected',
    xAxisIndex: 1,
    yAxisIndex: 1,
    silent: true,
    barWidth: '100%',
    z: 0,
    itemStyle: { color: theme.accent, opacity: 0.22 },
    data: data.iterations.map((_, at) => (at === data.selected ? 1 : null)),
  };
}

export function compositionOption(data: CompositionData, theme: ChartTheme): ChartOption {
  const windows = data.ranks.flatMap(({ parts }) => parts.map((of) => (of === null ? 0 : windowNs(of))));
  const unit = axisUnit(largest(windows));
  const categories = data.iterations.map(String);
  return {
    ...baseOption(theme),
    grid: plotGrid,
    legend: legendBase(
      theme,
      PARTS.map(({ name }) => name),
    ),
    tooltip: {
      ...tooltipBase(theme, 'axis'),
      formatter: (items: readonly { readonly dataIndex: number }[]) =>
        tooltip(data, items[0]?.dataIndex ?? 0),
    },
    xAxis: [
      categoryAxis(theme, data.iterations, 'iteration'),
      { type: 'category', data: categories, show: false },
    ],
    yAxis: [valueAxis(theme, unit.name), { type: 'value', max: 1, show: false }],
    dataZoom: [{ type: 'inside', xAxisIndex: [0, 1], zoomOnMouseWheel: 'ctrl' }],
    series: [...rankSeries(data, theme, unit.ns), selectionSeries(data, theme)],
  };
}
