// SPDX-License-Identifier: Apache-2.0
import { formatRatio } from '#shared/base/units.ts';
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

/** Figures over one axis of numbers: as lines, points, or bars beside each other. */

export interface LineSeries {
  readonly name: string;
  readonly as: 'line' | 'points' | 'bars';
  /** One for each of `xs`; null where there is no answer. */
  readonly values: readonly (number | null)[];
}

export interface LinesData {
  readonly xs: readonly number[];
  readonly xName: string;
  readonly yName: string;
  readonly series: readonly LineSeries[];
  /** Where the vertical axis ends, for what cannot be larger. */
  readonly yMax?: number;
  /** How a figure reads in the tooltip, with its unit; a ratio's digits where nothing is said. */
  readonly text?: (value: number) => string;
  /** How a figure reads at the axis; as a plain number where nothing is said. */
  readonly axisText?: (value: number) => string;
  /** What the tooltip says where there is no figure. */
  readonly missing?: string;
  /** Position in `xs` that is marked. */
  readonly selected?: number | undefined;
}

function tooltipOf(
  { xs, xName, series, text = formatRatio, missing = 'cannot answer' }: LinesData,
  at: number,
): string {
  return tooltipHtml(
    `${xName} ${xs[at] ?? ''}`,
    series.map(({ name, values }) => {
      const value = values[at] ?? null;
      return [name, value === null ? missing : text(value)];
    }),
  );
}

const colourOf = (theme: ChartTheme, at: number): string =>
  theme.series[at % theme.series.length] ?? theme.compute;

function seriesOf({ name, as, values }: LineSeries, at: number, theme: ChartTheme) {
  const colour = colourOf(theme, at);
  const type = as === 'bars' ? 'bar' : as === 'line' ? 'line' : 'scatter';
  return {
    name,
    type,
    data: [...values],
    itemStyle: { color: colour },
    ...(as === 'line' ? { showSymbol: values.length <= 12, lineStyle: { color: colour, width: 1.5 } } : {}),
    ...(as === 'points' ? { symbolSize: 5 } : {}),
    emphasis: { disabled: true },
  };
}

export function linesOption(data: LinesData, theme: ChartTheme): ChartOption {
  const xAxis = categoryAxis(theme, data.xs, data.xName);
  return {
    ...baseOption(theme),
    grid: { ...plotGrid, top: 30 },
    legend: legendBase(
      theme,
      data.series.map(({ name }) => name),
    ),
    tooltip: {
      ...tooltipBase(theme, 'axis'),
      formatter: (items: readonly { readonly dataIndex: number }[]) =>
        tooltipOf(data, items[0]?.dataIndex ?? -1),
    },
    xAxis: {
      ...xAxis,
      axisLabel: {
        ...xAxis.axisLabel,
        color: (_: string, at: number) => (at === data.selected ? theme.accent : theme.muted),
      },
    },
    yAxis: {
      ...valueAxis(theme, data.yName),
      ...(data.axisText === undefined
        ? {}
        : { axisLabel: { color: theme.muted, fontSize: 11, formatter: data.axisText } }),
      ...(data.yMax === undefined ? {} : { max: data.yMax, interval: data.yMax / 4 }),
      nameTextStyle: { color: theme.faint, fontSize: 11, align: 'left' },
    },
    series: data.series.map((series, at) => seriesOf(series, at, theme)),
  };
}
