// SPDX-License-Identifier: Apache-2.0
import type { IterationLine } from '#shared/contract/run.ts';
import { formatCount, formatDurationMs } from '#shared/base/units.ts';
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

/** Bars of the host's step times as an engine logs them; steps with context requests have their own colour. */

const SERIES = ['context', 'generation'] as const;

export function lineKind(line: IterationLine): (typeof SERIES)[number] {
  return (line.contextRequests ?? 0) > 0 || (line.contextTokens ?? 0) > 0 ? 'context' : 'generation';
}

function tooltip(line: IterationLine | undefined): string {
  if (line === undefined) return '';
  const figures: (readonly [string, string])[] = [['host step', formatDurationMs(line.hostStepMs)]];
  const counts = [
    ['context requests', line.contextRequests],
    ['context tokens', line.contextTokens],
    ['generation tokens', line.generationTokens],
  ] as const;
  for (const [name, count] of counts) if (count !== undefined) figures.push([name, formatCount(count)]);
  if (line.previousDeviceStepMs !== undefined) {
    figures.push(['previous device step', formatDurationMs(line.previousDeviceStepMs)]);
  }
  return tooltipHtml(`Iteration ${line.iteration} · ${lineKind(line)}`, figures);
}

export function iterationTimesOption(lines: readonly IterationLine[], theme: ChartTheme): ChartOption {
  return {
    ...baseOption(theme),
    grid: plotGrid,
    legend: legendBase(theme, SERIES),
    tooltip: {
      ...tooltipBase(theme, 'axis'),
      formatter: (items: readonly { readonly dataIndex: number }[]) =>
        tooltip(lines[items[0]?.dataIndex ?? -1]),
    },
    xAxis: categoryAxis(
      theme,
      lines.map(({ iteration }) => iteration),
      'iteration',
    ),
    yAxis: valueAxis(theme, 'ms'),
    dataZoom: [{ type: 'inside', zoomOnMouseWheel: 'ctrl' }],
    series: SERIES.map((name) => ({
      type: 'bar',
      name,
      itemStyle: { color: theme[name] },
      emphasis: { disabled: true },
      large: true,
      largeThreshold: 1500,
      barGap: '-100%',
      barCategoryGap: '20%',
      data: lines.map((line) => (lineKind(line) === name ? line.hostStepMs : null)),
    })),
  };
}
