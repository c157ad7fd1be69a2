// SPDX-License-Identifier: Apache-2.0
import { clockUnit, formatClock, formatFigure } from '#renderer/base/format.ts';
import { baseOption, tooltipBase, tooltipHtml } from '#shared/charts/common.ts';
import type { ChartOption } from './echarts.ts';
import type { ChartTheme } from '#shared/charts/theme.ts';

/** A small line chart of something that was sampled while a run lived. */

export interface TelemetryLine {
  readonly name: string;
  /** One value a sample; null where there was none. */
  readonly values: readonly (number | null)[];
}

export interface TelemetryPlot {
  /** Moments of the samples, milliseconds since the program was started. */
  readonly atMs: readonly number[];
  readonly lines: readonly TelemetryLine[];
  readonly unit: string;
  /** The top of the scale where it is known, such as the installed memory. */
  readonly max?: number | undefined;
}

export function telemetryOption({ atMs, lines, unit, max }: TelemetryPlot, theme: ChartTheme): ChartOption {
  const label = { color: theme.faint, fontSize: 10, margin: 4 };
  return {
    ...baseOption(theme),
    grid: { left: 2, right: 6, top: 6, bottom: 2, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    tooltip: {
      ...tooltipBase(theme, 'axis'),
      axisPointer: { type: 'line', lineStyle: { color: theme.borderStrong } },
      formatter: (items: readonly { readonly dataIndex: number }[]) => {
        const at = items[0]?.dataIndex ?? -1;
        const figures = lines.map(({ name, values }) => {
          const value = values[at] ?? null;
          return [name, value === null ? 'none' : `${formatFigure(value)} ${unit}`] as const;
        });
        return tooltipHtml(`${formatClock(atMs[at] ?? 0)} ${clockUnit(atMs[at] ?? 0)}`, figures);
      },
    },
    xAxis: {
      type: 'value',
      min: 0,
      max: Math.max(1, ...atMs.slice(-1)),
      splitNumber: 3,
      axisLine: { lineStyle: { color: theme.border } },
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: { ...label, hideOverlap: true, formatter: (ms: number) => formatClock(ms) },
    },
    yAxis: {
      type: 'value',
      min: 0,
      ...(max === undefined ? {} : { max }),
      splitNumber: 2,
      splitLine: { lineStyle: { color: theme.border } },
      axisLabel: { ...label, formatter: (value: number) => formatFigure(value) },
    },
    series: lines.map(({ name, values }, index) => ({
      type: 'line',
      name,
      showSymbol: false,
      lineStyle: { width: 1.25, color: theme.series[index % theme.series.length] },
      itemStyle: { color: theme.series[index % theme.series.length] },
      emphasis: { disabled: true },
      data: values.map((value, at) => [atMs[at] ?? 0, value]),
    })),
  };
}
