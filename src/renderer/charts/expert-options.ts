// SPDX-License-Identifier: Apache-2.0
import { formatCount, formatPercent, formatRatio } from '#shared/base/units.ts';
import {
  baseOption,
  categoryAxis,
  legendBase,
  plotGrid,
  tooltipBase,
  tooltipHtml,
  valueAxis,
} from '#shared/charts/common.ts';
import type { ChartOption } from './echarts.ts';
import type { ChartTheme } from '#shared/charts/theme.ts';

/** Tokens per expert of one layer, as bars. */

export interface ExpertBar {
  readonly expert: number;
  readonly tokens: number;
  /** Rank that holds the expert. */
  readonly rank: number;
  /** Where several replicas share the tokens evenly: the rank of each. */
  readonly replicas?: readonly number[];
}

export interface ExpertBars {
  /** In the order in which they are drawn. */
  readonly bars: readonly ExpertBar[];
  readonly total: number;
  /** What the bars are held against, in their order. */
  readonly over?: { readonly name: string; readonly tokens: readonly number[] } | undefined;
}

const rankColour = (theme: ChartTheme, rank: number): string =>
  theme.series[rank % theme.series.length] ?? theme.compute;

function barTooltip({ bars, total, over }: ExpertBars, at: number): string {
  const bar = bars[at];
  if (bar === undefined) return '';
  const mean = total / bars.length;
  return tooltipHtml(`Expert ${bar.expert}`, [
    ['tokens', formatCount(bar.tokens)],
    ['share of the layer', total === 0 ? '—' : formatPercent(bar.tokens / total)],
    ['times the mean', mean === 0 ? '—' : formatRatio(bar.tokens / mean)],
    bar.replicas === undefined
      ? ['rank', bar.rank.toString()]
      : ['ranks of its replicas', bar.replicas.join(', ')],
    ...(over === undefined ? [] : [[over.name, formatCount(Math.round(over.tokens[at] ?? 0))] as const]),
  ]);
}

function meanLine(theme: ChartTheme, mean: number) {
  return {
    silent: true,
    symbol: 'none',
    lineStyle: { color: theme.text, type: 'dashed', width: 1 },
    label: {
      formatter: `mean ${mean < 100 ? formatRatio(mean) : formatCount(mean)}`,
      position: 'insideEndTop',
      color: theme.text,
      fontSize: 11,
    },
    data: [{ yAxis: mean }],
  };
}

/** The bars; with replicas a series for each, stacked, so that a bar has the colours of all of its ranks. */
function barSeries({ bars }: ExpertBars, theme: ChartTheme) {
  const most = bars.reduce((found, { replicas }) => Math.max(found, replicas?.length ?? 1), 1);
  return Array.from({ length: most }, (_, replica) => ({
    type: 'bar',
    barCategoryGap: bars.length > 200 ? '0%' : '16%',
    emphasis: { disabled: true },
    ...(most === 1 ? {} : { stack: 'replicas' }),
    data: bars.map(({ tokens, rank, replicas = [rank] }) => {
      const holder = replicas[replica];
      if (holder === undefined) return null;
      return { value: tokens / replicas.length, itemStyle: { color: rankColour(theme, holder) } };
    }),
  }));
}

export function expertBarsOption(data: ExpertBars, theme: ChartTheme): ChartOption {
  const mean = data.bars.length === 0 ? 0 : data.total / data.bars.length;
  return {
    ...baseOption(theme),
    grid: data.over === undefined ? plotGrid : { ...plotGrid, top: 30 },
    ...(data.over === undefined ? {} : { legend: legendBase(theme, [data.over.name]) }),
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
    yAxis: {
      ...valueAxis(theme, 'tokens'),
      nameTextStyle: { color: theme.faint, fontSize: 11, align: 'left' },
    },
    series: [
      ...barSeries(data, theme).map((series, at) => ({
        ...series,
        ...(at === 0 && mean > 0 ? { markLine: meanLine(theme, mean) } : {}),
      })),
      ...(data.over === undefined
        ? []
        : [
            {
              name: data.over.name,
              type: 'line',
              step: 'middle',
              symbol: 'none',
              data: [...data.over.tokens],
              itemStyle: { color: theme.text },
              lineStyle: { color: theme.text, width: 1.5 },
              emphasis: { disabled: true },
            },
          ]),
    ],
  };
}
