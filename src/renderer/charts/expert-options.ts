// SPDX-License-Identifier: Apache-2.0
import { formatCount, formatPercent, formatRatio } from '#shared/base/units.ts';
import {
  baseOption,
  categoryAxis,
  largest,
  plotGrid,
  tooltipBase,
  tooltipHtml,
  valueAxis,
} from './common.ts';
import type { ChartOption } from './echarts.ts';
import type { ChartTheme } from './theme.ts';

/** Expert load as charts: tokens per expert of a layer, and layers × experts as a heat map. */

export interface ExpertBar {
  readonly expert: number;
  readonly tokens: number;
  /** Rank that holds the expert. */
  readonly rank: number;
}

export interface ExpertBars {
  /** In the order in which they are drawn. */
  readonly bars: readonly ExpertBar[];
  readonly total: number;
}

const rankColour = (theme: ChartTheme, rank: number): string =>
  theme.series[rank % theme.series.length] ?? theme.compute;

function barTooltip({ bars, total }: ExpertBars, at: number): string {
  const bar = bars[at];
  if (bar === undefined) return '';
  const mean = total / bars.length;
  return tooltipHtml(`Expert ${bar.expert}`, [
    ['tokens', formatCount(bar.tokens)],
    ['share of the layer', total === 0 ? '—' : formatPercent(bar.tokens / total)],
    ['times the mean', mean === 0 ? '—' : formatRatio(bar.tokens / mean)],
    ['rank', bar.rank.toString()],
  ]);
}

function meanLine(theme: ChartTheme, mean: number) {
  return {
    silent: true,
    symbol: 'none',
    lineStyle: { color: theme.text, type: 'dashed', width: 1 },
    label: {
      formatter: `mean ${formatCount(Math.round(mean))}`,
      position: 'insideEndTop',
      color: theme.text,
      fontSize: 11,
    },
    data: [{ yAxis: mean }],
  };
}

export function expertBarsOption(data: ExpertBars, theme: ChartTheme): ChartOption {
  const mean = data.bars.length === 0 ? 0 : data.total / data.bars.length;
  return {
    ...baseOption(theme),
    grid: plotGrid,
    tooltip: {
      ...tooltipBase(theme, 'axis'),
      formatter: (items: readonly { readonly dataIndex: number }[]) =>
        barTooltip(data, items[0]?.dataIndex ?? -1),
    },
    xAxis: categoryAxis(
      theme,
      data.bars.map(({ expert }) => expert),
      'expert',
    ),
    yAxis: valueAxis(theme, 'tokens'),
    series: [
      {
        type: 'bar',
        barCategoryGap: data.bars.length > 200 ? '0%' : '16%',
        emphasis: { disabled: true },
        data: data.bars.map(({ tokens, rank }) => ({
          value: tokens,
          itemStyle: { color: rankColour(theme, rank) },
        })),
        ...(mean > 0 ? { markLine: meanLine(theme, mean) } : {}),
      },
    ],
  };
}

export interface HeatmapData {
  readonly layers: readonly number[];
  readonly experts: number;
  /** Row-major, layers × experts. */
  readonly tokens: Float64Array;
  /** Position in `layers`. */
  readonly selected: number | null;
}

/** Each cell over its layer's mean, so that layers of different token counts compare; null without tokens. */
export function relativeLoads({ layers, experts, tokens }: HeatmapData): (number | null)[] {
  return layers.flatMap((_, layer) => {
    const row = tokens.subarray(layer * experts, (layer + 1) * experts);
    const mean = row.reduce((sum, value) => sum + value, 0) / experts;
    return Array.from(row, (value) => (mean > 0 ? value / mean : null));
  });
}

function cellTooltip(data: HeatmapData, index: number, relative: number | null): string {
  const layer = Math.floor(index / data.experts);
  const expert = index % data.experts;
  return tooltipHtml(`Layer ${data.layers[layer] ?? ''} · expert ${expert}`, [
    ['tokens', formatCount(data.tokens[index] ?? 0)],
    ['times the layer’s mean', relative === null ? 'cannot answer: no tokens' : formatRatio(relative)],
  ]);
}

export function expertHeatmapOption(data: HeatmapData, theme: ChartTheme): ChartOption {
  const loads = relativeLoads(data);
  const experts = Array.from({ length: data.experts }, (_, expert) => expert);
  const most = largest(loads.filter((load) => load !== null));
  const layerAxis = categoryAxis(theme, data.layers, 'layer');
  return {
    ...baseOption(theme),
    grid: { ...plotGrid, top: 8, left: 24, right: 72 },
    tooltip: {
      ...tooltipBase(theme, 'item'),
      formatter: ({ dataIndex }: { readonly dataIndex: number }) =>
        cellTooltip(data, dataIndex, loads[dataIndex] ?? null),
    },
    xAxis: { ...categoryAxis(theme, experts, 'expert'), splitArea: { show: false } },
    yAxis: {
      ...layerAxis,
      inverse: true,
      nameGap: 26,
      axisLabel: {
        ...layerAxis.axisLabel,
        color: (_: string, at: number) => (at === data.selected ? theme.accent : theme.muted),
        fontWeight: 400,
      },
    },
    visualMap: {
      type: 'continuous',
      min: 0,
      max: Math.max(most, 1),
      right: 4,
      top: 'middle',
      itemWidth: 10,
      itemHeight: 90,
      calculable: false,
      text: [`${formatRatio(most)}×`, '0×'],
      textStyle: { color: theme.muted, fontSize: 11 },
      inRange: { color: [theme.raised, theme.compute, theme.text] },
    },
    series: [
      {
        type: 'heatmap',
        progressive: 0,
        emphasis: { itemStyle: { borderColor: theme.text, borderWidth: 1 } },
        data: loads.map((load, index) => [
          index % data.experts,
          Math.floor(index / data.experts),
          load ?? '-',
        ]),
      },
    ],
  };
}
