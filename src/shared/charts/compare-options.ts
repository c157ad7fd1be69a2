// SPDX-License-Identifier: Apache-2.0
import { formatCount, formatDurationMs, formatRatio } from '../base/units.ts';
import type { BatchSize, PassSpread } from '../contract/comparison-charts.ts';
import { armColour, armNames, armSeriesName, armSymbol } from './arms.ts';
import type { ArmLabels } from './arms.ts';
import { baseOption, legendBase, stackedGrid, tooltipBase, tooltipHtml, valueAxis } from './common.ts';
import type { ChartOption, ChartTheme } from './theme.ts';

/** Points with whiskers: each timing pass by block, and iteration times by size of batch. */

interface WhiskerPoint {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
  /** Title and figures of the tooltip. */
  readonly title: string;
  readonly lines: readonly (readonly [string, string])[];
}

interface Panel {
  readonly yName: string;
  readonly a: readonly WhiskerPoint[];
  readonly b: readonly WhiskerPoint[];
}

/** Points of an arm in one grid, and a line through the interval of each. */
function panelSeries({
  panel,
  at,
  labels,
  theme,
}: {
  panel: Panel;
  at: number;
  labels: ArmLabels;
  theme: ChartTheme;
}) {
  return armNames.flatMap((arm) => {
    const colour = armColour(theme, arm);
    const shared = {
      xAxisIndex: at,
      yAxisIndex: at,
      itemStyle: { color: colour },
      emphasis: { disabled: true },
    };
    const points = panel[arm];
    return [
      {
        ...shared,
        type: 'line',
        name: `${armSeriesName(labels, arm)}, interval`,
        silent: true,
        showSymbol: false,
        lineStyle: { color: colour, width: 1.5 },
        data: points.flatMap(({ x, low, high }) =>
          low === high
            ? []
            : [
                [x, low],
                [x, high],
                [null, null],
              ],
        ),
      },
      {
        ...shared,
        type: 'scatter',
        name: armSeriesName(labels, arm),
        symbol: armSymbol(arm),
        symbolSize: 8,
        data: points.map((point) => ({ value: [point.x, point.y], point })),
      },
    ];
  });
}

interface PanelsOption {
  readonly panels: readonly Panel[];
  readonly labels: ArmLabels;
  readonly xAxis: object;
  readonly theme: ChartTheme;
}

function panelsOption({ panels, labels, xAxis, theme }: PanelsOption): ChartOption {
  const share = 100 / panels.length;
  const value = valueAxis(theme, '');
  return {
    ...baseOption(theme),
    grid: panels.map((_, at) => ({
      ...stackedGrid,
      top: `${(at * share + 12).toString()}%`,
      height: `${(share - (at === panels.length - 1 ? 24 : 18)).toString()}%`,
      bottom: undefined,
    })),
    legend: legendBase(
      theme,
      armNames.map((arm) => armSeriesName(labels, arm)),
    ),
    tooltip: {
      ...tooltipBase(theme, 'item'),
      formatter: ({ data: { point } }: { readonly data: { readonly point?: WhiskerPoint } }) =>
        point === undefined ? '' : tooltipHtml(point.title, point.lines),
    },
    xAxis: panels.map((_, at) => ({
      ...value,
      axisLine: { lineStyle: { color: theme.borderStrong } },
      axisTick: { show: false },
      splitLine: { show: false },
      ...xAxis,
      gridIndex: at,
      ...(at === panels.length - 1 ? {} : { name: '', axisLabel: { show: false } }),
    })),
    yAxis: panels.map(({ yName }, at) => ({
      ...value,
      name: yName,
      gridIndex: at,
      scale: true,
      nameTextStyle: { color: theme.faint, fontSize: 11, align: 'left' },
    })),
    series: panels.flatMap((panel, at) => panelSeries({ panel, at, labels, theme })),
  };
}

/** Passes of a block stand beside each other. */
const ASIDE = { a: -0.12, b: 0.12 } as const;

export interface PassesData {
  readonly passes: readonly PassSpread[];
  /** Name and unit of the figure that the verdict is about; null where there is none. */
  readonly valueName: string | null;
  /** The batch whose iterations are drawn; null where there is none. */
  readonly batch: string | null;
}

function valuePanel({ passes, valueName }: PassesData, labels: ArmLabels): Panel[] {
  if (valueName === null) return [];
  const of = (arm: 'a' | 'b'): WhiskerPoint[] =>
    passes.flatMap(({ block, arm: own, value }) =>
      own !== arm || value === null
        ? []
        : [
            {
              x: block + ASIDE[arm],
              y: value,
              low: value,
              high: value,
              title: `Block ${block.toString()}, ${labels[arm]}`,
              lines: [[valueName, formatRatio(value)] as const],
            },
          ],
    );
  return [{ yName: valueName, a: of('a'), b: of('b') }];
}

function iterationPanel({ passes, batch }: PassesData, labels: ArmLabels): Panel[] {
  if (batch === null) return [];
  const of = (arm: 'a' | 'b'): WhiskerPoint[] =>
    passes.flatMap(({ block, arm: own, iterations }) => {
      if (own !== arm || iterations === null) return [];
      const { count, medianMs, lowMs, highMs } = iterations;
      const lines = [
        ['median host step', formatDurationMs(medianMs)],
        ['95 % interval', `${formatDurationMs(lowMs)} to ${formatDurationMs(highMs)}`],
        ['iterations', formatCount(count)],
      ] as const;
      const title = `Block ${block.toString()}, ${labels[arm]}`;
      return [{ x: block + ASIDE[arm], y: medianMs, low: lowMs, high: highMs, title, lines }];
    });
  return [{ yName: `ms, iterations of ${batch}`, a: of('a'), b: of('b') }];
}

/** Above the figure of each pass, below its iterations with their interval. */
export function passesOption(data: PassesData, labels: ArmLabels, theme: ChartTheme): ChartOption {
  const blocks = data.passes.reduce((most, { block }) => Math.max(most, block), 1);
  return panelsOption({
    panels: [...valuePanel(data, labels), ...iterationPanel(data, labels)],
    labels,
    theme,
    xAxis: {
      min: 0,
      max: blocks + 1,
      interval: 1,
      name: 'block',
      nameLocation: 'middle',
      nameGap: 22,
      nameTextStyle: { color: theme.faint, fontSize: 11 },
      axisLabel: {
        color: theme.muted,
        fontSize: 11,
        hideOverlap: true,
        formatter: (block: number) => (block < 1 || block > blocks ? '' : block.toString()),
      },
    },
  });
}

/** Medians with the 10th to the 90th percentile. */
export function batchSizeOption(
  sizes: readonly BatchSize[],
  labels: ArmLabels,
  theme: ChartTheme,
): ChartOption {
  const of = (arm: 'a' | 'b'): WhiskerPoint[] =>
    sizes.flatMap((size) => {
      const times = size[arm];
      if (times === null) return [];
      const lines = [
        ['median host step', formatDurationMs(times.medianMs)],
        ['10th to 90th percentile', `${formatDurationMs(times.p10Ms)} to ${formatDurationMs(times.p90Ms)}`],
        ['iterations', formatCount(times.count)],
      ] as const;
      const title = `${formatCount(size.tokens)} tokens, ${labels[arm]}`;
      return [{ x: size.tokens, y: times.medianMs, low: times.p10Ms, high: times.p90Ms, title, lines }];
    });
  return panelsOption({
    panels: [{ yName: 'host step time (ms)', a: of('a'), b: of('b') }],
    labels,
    theme,
    xAxis: {
      scale: true,
      minInterval: 1,
      name: 'tokens of the batch',
      nameLocation: 'middle',
      nameGap: 22,
      nameTextStyle: { color: theme.faint, fontSize: 11 },
    },
  });
}
