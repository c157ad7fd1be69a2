// SPDX-License-Identifier: Apache-2.0
import { formatDurationMs } from '../base/units.ts';
import type { Cause } from '../contract/comparison.ts';
import { armColour } from './arms.ts';
import type { ArmLabels } from './arms.ts';
import { baseOption, plotGrid, tooltipBase, tooltipHtml, valueAxis } from './common.ts';
import type { ChartOption, ChartTheme } from './theme.ts';

/** From the iteration of A to that of B: what each cause adds or takes away. */

/** One bar; the first and the last are whole iterations. */
export interface WaterfallStep {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Causes with a bar of their own; the smaller ones are one together. */
const MOST_BARS = 10;

/** Steps that add up: each begins where the one before it ended, and the last cause ends at B. Causes: largest first. */
export function waterfallOf(causes: readonly Cause[], labels: ArmLabels): WaterfallStep[] {
  const sum = (of: readonly Cause[], arm: 'msA' | 'msB'): number =>
    of.reduce((total, cause) => total + cause[arm], 0);
  const others = causes.slice(MOST_BARS);
  const bars = [
    ...causes.slice(0, MOST_BARS),
    ...(others.length === 0
      ? []
      : [{ name: `${others.length.toString()} more`, msA: sum(others, 'msA'), msB: sum(others, 'msB') }]),
  ];
  let at = sum(causes, 'msA');
  const changes = bars.map(({ name, msA, msB }) => {
    const fromMs = at;
    at += msB - msA;
    return { name, fromMs, toMs: at };
  });
  return [
    { name: `A: ${labels.a}`, fromMs: 0, toMs: sum(causes, 'msA') },
    ...changes,
    { name: `B: ${labels.b}`, fromMs: 0, toMs: sum(causes, 'msB') },
  ];
}

export function changeText({ fromMs, toMs }: WaterfallStep): string {
  const change = toMs - fromMs;
  // Less than a nanosecond is what sums of doubles leave over.
  if (Math.abs(change) < 1e-6) return '0';
  return `${change < 0 ? '−' : '+'}${formatDurationMs(Math.abs(change))}`;
}

/** Where the axis begins, so that changes are seen beside a whole that is much larger. */
function axisStart(steps: readonly WaterfallStep[]): number {
  const ends = steps.flatMap(({ fromMs, toMs }, index) =>
    index === 0 || index === steps.length - 1 ? [toMs] : [fromMs, toMs],
  );
  const least = ends.reduce((low, end) => Math.min(low, end), Number.POSITIVE_INFINITY);
  const most = ends.reduce((high, end) => Math.max(high, end), 0);
  const start = least - (most - least);
  return start < 0.3 * most ? 0 : Number(start.toPrecision(2));
}

function colourOf(theme: ChartTheme, { fromMs, toMs }: WaterfallStep, end: 'a' | 'b' | null): string {
  if (end !== null) return armColour(theme, end);
  return toMs > fromMs ? theme.bad : theme.good;
}

const endOf = (index: number, count: number): 'a' | 'b' | null =>
  index === 0 ? 'a' : index === count - 1 ? 'b' : null;

export function waterfallOption(steps: readonly WaterfallStep[], theme: ChartTheme): ChartOption {
  const start = axisStart(steps);
  const textOf = (index: number): string => {
    const step = steps[index];
    if (step === undefined) return '';
    return endOf(index, steps.length) === null ? changeText(step) : formatDurationMs(step.toMs);
  };
  const axis = valueAxis(theme, start === 0 ? 'ms' : 'ms; the axis does not begin at 0');
  return {
    ...baseOption(theme),
    grid: { ...plotGrid, top: 8, right: 72, bottom: 30 },
    tooltip: {
      ...tooltipBase(theme, 'axis'),
      formatter: (items: readonly { readonly dataIndex: number }[]) => {
        const index = items[0]?.dataIndex ?? -1;
        return tooltipHtml(steps[index]?.name ?? '', [['iteration', textOf(index)]]);
      },
    },
    xAxis: {
      ...axis,
      nameLocation: 'middle',
      nameGap: 22,
      nameTextStyle: { color: theme.faint, fontSize: 11 },
      min: start,
      // Where the axis begins is no round number.
      axisLabel: { ...axis.axisLabel, showMinLabel: start === 0 },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: steps.map(({ name }) => name),
      axisLine: { lineStyle: { color: theme.borderStrong } },
      axisTick: { show: false },
      axisLabel: { color: theme.muted, fontSize: 11, width: 240, overflow: 'truncate', interval: 0 },
    },
    series: [
      {
        type: 'bar',
        stack: 'steps',
        silent: true,
        itemStyle: { color: 'transparent' },
        data: steps.map(({ fromMs, toMs }) => Math.min(fromMs, toMs)),
      },
      {
        type: 'bar',
        stack: 'steps',
        barCategoryGap: '30%',
        emphasis: { disabled: true },
        label: {
          show: true,
          position: 'right',
          color: theme.text,
          fontSize: 11,
          formatter: ({ dataIndex }: { readonly dataIndex: number }) => textOf(dataIndex),
        },
        data: steps.map((step, index) => ({
          value: Math.abs(step.toMs - step.fromMs),
          itemStyle: { color: colourOf(theme, step, endOf(index, steps.length)) },
        })),
      },
    ],
  };
}
