// SPDX-License-Identifier: Apache-2.0
import { formatCount, formatDurationMs, formatPercent } from '../base/units.ts';
import type { TimeDistribution } from '../contract/comparison-charts.ts';
import { armColour, armLine, armNames, armSeriesName } from './arms.ts';
import type { ArmLabels } from './arms.ts';
import {
  baseOption,
  categoryAxis,
  legendBase,
  plotGrid,
  tooltipBase,
  tooltipHtml,
  valueAxis,
} from './common.ts';
import type { ChartOption, ChartTheme } from './theme.ts';

/** Iteration times of both arms: as shares up to a time (ECDF), and as shares in bins (histogram). */

/** The slowest hundredth would squeeze the rest; how long it takes stands in the table of percentiles. */
const LAST_PERCENT = 99;

const percentilesOf = (data: TimeDistribution, arm: 'a' | 'b'): readonly number[] =>
  arm === 'a' ? data.percentilesMsA : data.percentilesMsB;

const legendOf = (theme: ChartTheme, labels: ArmLabels) =>
  legendBase(
    theme,
    armNames.map((arm) => armSeriesName(labels, arm)),
  );

export function ecdfOption(data: TimeDistribution, labels: ArmLabels, theme: ChartTheme): ChartOption {
  const axis = valueAxis(theme, '');
  return {
    ...baseOption(theme),
    grid: { ...plotGrid, top: 30, bottom: 30 },
    legend: legendOf(theme, labels),
    tooltip: {
      ...tooltipBase(theme, 'item'),
      formatter: ({
        seriesName,
        value,
      }: {
        readonly seriesName: string;
        readonly value: readonly number[];
      }) =>
        tooltipHtml(seriesName, [
          [`${formatPercent(value[1] ?? 0)} take at most`, formatDurationMs(value[0] ?? 0)],
        ]),
    },
    xAxis: {
      ...axis,
      name: 'host step time (ms)',
      nameLocation: 'middle',
      nameGap: 22,
      nameTextStyle: { color: theme.faint, fontSize: 11 },
      scale: true,
      splitNumber: 6,
      axisLine: { lineStyle: { color: theme.borderStrong } },
      axisTick: { show: false },
      splitLine: { show: false },
    },
    yAxis: {
      ...axis,
      name: 'share of iterations',
      nameTextStyle: { color: theme.faint, fontSize: 11, align: 'left' },
      min: 0,
      max: 1,
      axisLabel: {
        ...axis.axisLabel,
        formatter: (share: number) => `${Math.round(share * 100).toString()} %`,
      },
    },
    series: armNames.map((arm) => ({
      type: 'line',
      name: armSeriesName(labels, arm),
      step: 'end',
      showSymbol: false,
      data: percentilesOf(data, arm)
        .slice(0, LAST_PERCENT + 1)
        .map((ms, percent) => [ms, percent / 100]),
      lineStyle: armLine(theme, arm),
      itemStyle: { color: armColour(theme, arm) },
      emphasis: { disabled: true },
    })),
  };
}

/** Text of a bin: `4.00 ms to 4.10 ms`; the last holds all that is longer. */
export function binText({ edgesMs }: TimeDistribution, bin: number): string {
  const from = formatDurationMs(edgesMs[bin] ?? 0);
  return bin >= edgesMs.length - 2
    ? `${from} and longer`
    : `${from} to ${formatDurationMs(edgesMs[bin + 1] ?? 0)}`;
}

export function histogramOption(data: TimeDistribution, labels: ArmLabels, theme: ChartTheme): ChartOption {
  const shares = { a: data.sharesA, b: data.sharesB };
  const counts = { a: data.countA, b: data.countB };
  const xAxis = categoryAxis(
    theme,
    data.edgesMs.slice(0, -1).map((ms) => Number(ms.toPrecision(4))),
    'host step time (ms)',
  );
  return {
    ...baseOption(theme),
    grid: { ...plotGrid, top: 30, bottom: 30 },
    legend: legendOf(theme, labels),
    tooltip: {
      ...tooltipBase(theme, 'axis'),
      formatter: (items: readonly { readonly dataIndex: number }[]) => {
        const bin = items[0]?.dataIndex ?? -1;
        return tooltipHtml(
          binText(data, bin),
          armNames.map((arm) => [
            armSeriesName(labels, arm),
            `${formatPercent(shares[arm][bin] ?? 0)} of ${formatCount(counts[arm])}`,
          ]),
        );
      },
    },
    xAxis: { ...xAxis, nameGap: 22 },
    yAxis: {
      ...valueAxis(theme, 'share of iterations (%)'),
      nameTextStyle: { color: theme.faint, fontSize: 11, align: 'left' },
    },
    series: armNames.map((arm) => ({
      type: 'bar',
      name: armSeriesName(labels, arm),
      barGap: '0%',
      barCategoryGap: '15%',
      data: shares[arm].map((share) => share * 100),
      itemStyle: { color: armColour(theme, arm) },
      emphasis: { disabled: true },
    })),
  };
}
