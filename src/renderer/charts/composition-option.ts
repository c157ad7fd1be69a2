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
} from '#shared/charts/common.ts';
import type { ChartOption } from './echarts.ts';
import type { ChartTheme } from '#shared/charts/theme.ts';

/**
 * Stacked bars: how windows divide into compute, communication, memory and idle, by rank. A bar is one iteration,
 * or the median one of several; then the longest of them is marked above it.
 */

export interface CompositionRank {
  readonly label: string;
  /** One for each bar; null where the rank has none. */
  readonly parts: readonly (Composition | null)[];
  /** The longest window behind each bar; null where the bar is all there is. */
  readonly longestNs: readonly (number | null)[];
}

export interface CompositionData {
  /** The iterations behind each bar, both ends included. */
  readonly spans: readonly { readonly first: number; readonly last: number }[];
  readonly perBar: number;
  readonly ranks: readonly CompositionRank[];
  /** What the host did meanwhile: the largest of each bar's iterations, over ranks. */
  readonly overlays: readonly { readonly name: string; readonly ns: readonly number[] }[];
  /** Position of a bar; null for none. */
  readonly selected: number | null;
  /** Whether each bar lies in the chosen window; null without a window. */
  readonly inWindow: readonly boolean[] | null;
}

const PARTS = [
  { key: 'computeNs', name: 'compute', colour: 'compute' },
  { key: 'communicationNs', name: 'communication', colour: 'communication' },
  { key: 'memoryNs', name: 'memory', colour: 'memory' },
  { key: 'idleNs', name: 'idle', colour: 'idle' },
] as const;
const LONGEST = 'longest';

/** Length of the window that a composition divides. */
export function windowNs(parts: Composition): number {
  return parts.computeNs + parts.communicationNs + parts.memoryNs + parts.idleNs;
}

const spanName = ({ first, last }: CompositionData['spans'][number]): string =>
  first === last ? first.toString() : `${first}–${last}`;

function rankLines(data: CompositionData, rank: CompositionRank, at: number): [string, string][] {
  const of = rank.parts[at];
  if (of === undefined || of === null) return [];
  const whole = windowNs(of);
  const title = data.ranks.length > 1 ? rank.label : data.perBar > 1 ? 'median window' : 'window';
  const shares = PARTS.map(({ key, name }): [string, string] => [
    name,
    `${formatDurationNs(of[key])} · ${formatPercent(whole === 0 ? 0 : of[key] / whole)}`,
  ]);
  const longest = rank.longestNs[at] ?? null;
  return [
    [title, formatDurationNs(whole)],
    ...shares,
    ...(longest === null ? [] : [[LONGEST, formatDurationNs(longest)] satisfies [string, string]]),
  ];
}

function tooltip(data: CompositionData, at: number): string {
  const span = data.spans[at];
  if (span === undefined) return '';
  const lines = data.ranks.flatMap((rank) => rankLines(data, rank, at));
  const host = data.overlays.map(({ name, ns }): [string, string] => [name, formatDurationNs(ns[at] ?? 0)]);
  return tooltipHtml(`Iteration ${spanName(span)}`, [...lines, ...host]);
}

function rankSeries(data: CompositionData, theme: ChartTheme, unitNs: number) {
  const crowded = data.spans.length * data.ranks.length > 150;
  return data.ranks.flatMap(({ label, parts }) =>
    PARTS.map(({ key, name, colour }) => ({
      type: 'bar',
      name,
      stack: label,
      itemStyle: { color: theme[colour] },
      emphasis: { disabled: true },
      barCategoryGap: crowded ? '0%' : '18%',
      barGap: crowded ? '0%' : '4%',
      data: parts.map((of) => (of === null ? null : of[key] / unitNs)),
    })),
  );
}

/** The longest window behind each bar, over ranks: a short line above it. */
function longestSeries(data: CompositionData, theme: ChartTheme, unitNs: number) {
  if (data.perBar < 2) return [];
  const longest = data.spans.map((_, at) => largest(data.ranks.map(({ longestNs }) => longestNs[at] ?? 0)));
  return [
    {
      type: 'line',
      name: LONGEST,
      symbol: 'rect',
      symbolSize: [3, 2],
      lineStyle: { opacity: 0 },
      itemStyle: { color: theme.text },
      emphasis: { disabled: true },
      data: longest.map((ns) => (ns === 0 ? null : ns / unitNs)),
    },
  ];
}

function overlaySeries(data: CompositionData, theme: ChartTheme, unitNs: number) {
  return data.overlays.map(({ name, ns }, at) => ({
    type: 'line',
    name,
    symbol: 'none',
    step: 'middle',
    lineStyle: { color: at === 0 ? theme.bad : theme.text, width: 1.5 },
    itemStyle: { color: at === 0 ? theme.bad : theme.text },
    emphasis: { disabled: true },
    data: ns.map((value) => (value === 0 ? null : value / unitNs)),
  }));
}

/** A ground behind the selected bar and the chosen window, on an axis of its own. */
function groundSeries(data: CompositionData, theme: ChartTheme) {
  const height = (at: number): number | null =>
    at === data.selected || data.inWindow?.[at] === true ? 1 : null;
  return {
    type: 'bar',
    name: 'selected',
    xAxisIndex: 1,
    yAxisIndex: 1,
    silent: true,
    barWidth: '100%',
    z: 0,
    itemStyle: { color: theme.accent, opacity: 0.22 },
    data: data.spans.map((_, at) => height(at)),
  };
}

export function compositionOption(data: CompositionData, theme: ChartTheme): ChartOption {
  const windows = data.ranks.flatMap(({ parts, longestNs }) =>
    parts.map((of, at) => Math.max(of === null ? 0 : windowNs(of), longestNs[at] ?? 0)),
  );
  const unit = axisUnit(largest(windows));
  const names = data.spans.map(spanName);
  const legend = [
    ...PARTS.map(({ name }) => name),
    ...(data.perBar > 1 ? [LONGEST] : []),
    ...data.overlays.map(({ name }) => name),
  ];
  return {
    ...baseOption(theme),
    grid: plotGrid,
    legend: legendBase(theme, legend),
    tooltip: {
      ...tooltipBase(theme, 'axis'),
      formatter: (items: readonly { readonly dataIndex: number }[]) =>
        tooltip(data, items[0]?.dataIndex ?? 0),
    },
    xAxis: [categoryAxis(theme, names, 'iteration'), { type: 'category', data: names, show: false }],
    yAxis: [valueAxis(theme, unit.name), { type: 'value', max: 1, show: false }],
    // Dragging chooses a window: panning needs a key.
    dataZoom: [{ type: 'inside', xAxisIndex: [0, 1], zoomOnMouseWheel: 'ctrl', moveOnMouseMove: 'shift' }],
    series: [
      ...rankSeries(data, theme, unit.ns),
      ...longestSeries(data, theme, unit.ns),
      ...overlaySeries(data, theme, unit.ns),
      groundSeries(data, theme),
    ],
  };
}
