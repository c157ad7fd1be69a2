// SPDX-License-Identifier: Apache-2.0
import type { PassCourse } from '../contract/comparison-charts.ts';
import { armColour, armLine, armNames, armSeriesName } from './arms.ts';
import type { ArmLabels } from './arms.ts';
import { baseOption, legendBase, stackedGrid, tooltipBase, tooltipHtml, valueAxis } from './common.ts';
import type { ChartOption, ChartTheme } from './theme.ts';

/** Throughput of every pass over time, and the clocks of its GPUs at the same moments under it. */

type Points = readonly (readonly [atS: number, value: number])[];

interface CoursePanel {
  readonly yName: string;
  readonly points: (course: PassCourse) => Points;
}

const throughput: CoursePanel = {
  yName: 'output tokens per second',
  points: (course) => course.throughput.map(({ atS, tokensPerS }) => [atS, tokensPerS]),
};
const clocks: CoursePanel = {
  yName: 'SM clock (MHz)',
  points: (course) => course.clocks.map(({ atS, smMhz }) => [atS, smMhz]),
};

/** The panels that these courses fill. */
const panelsOf = (courses: readonly PassCourse[]): CoursePanel[] =>
  courses.some((course) => course.clocks.length > 0) ? [throughput, clocks] : [throughput];

function seriesOf(
  courses: readonly PassCourse[],
  panels: readonly CoursePanel[],
  labels: ArmLabels,
  theme: ChartTheme,
) {
  return panels.flatMap(({ points }, at) =>
    courses.map((course) => ({
      type: 'line',
      name: armSeriesName(labels, course.arm),
      xAxisIndex: at,
      yAxisIndex: at,
      showSymbol: false,
      lineStyle: { ...armLine(theme, course.arm, 1.25), opacity: 0.75 },
      itemStyle: { color: armColour(theme, course.arm) },
      emphasis: { disabled: true },
      data: points(course),
    })),
  );
}

export function courseOption(
  courses: readonly PassCourse[],
  labels: ArmLabels,
  theme: ChartTheme,
): ChartOption {
  const panels = panelsOf(courses);
  const lastS = courses
    .flatMap((course) => course.throughput)
    .reduce((most, { atS }) => Math.max(most, atS), 0);
  const value = valueAxis(theme, '');
  const isLast = (at: number): boolean => at === panels.length - 1;
  return {
    ...baseOption(theme),
    grid: panels.map((_, at) => ({
      ...stackedGrid,
      top: at === 0 ? '12%' : '64%',
      height: panels.length === 1 ? '72%' : at === 0 ? '42%' : '24%',
      bottom: undefined,
    })),
    legend: legendBase(
      theme,
      armNames.map((arm) => armSeriesName(labels, arm)),
    ),
    tooltip: {
      ...tooltipBase(theme, 'axis'),
      axisPointer: { type: 'line', lineStyle: { color: theme.borderStrong } },
      formatter: (items: readonly { readonly seriesName: string; readonly value: readonly number[] }[]) =>
        tooltipHtml(
          `${(items[0]?.value[0] ?? 0).toFixed(2)} s`,
          items
            .slice(0, 12)
            .map(({ seriesName, value: found }) => [
              seriesName,
              Math.round(found[1] ?? 0).toLocaleString('en-US'),
            ]),
        ),
    },
    xAxis: panels.map((_, at) => ({
      ...value,
      gridIndex: at,
      min: 0,
      max: lastS,
      axisLine: { lineStyle: { color: theme.borderStrong } },
      axisTick: { show: false },
      splitLine: { show: false },
      name: isLast(at) ? 'seconds since the first iteration' : '',
      nameLocation: 'middle',
      nameGap: 22,
      nameTextStyle: { color: theme.faint, fontSize: 11 },
      axisLabel: isLast(at)
        ? {
            ...value.axisLabel,
            showMaxLabel: false,
            formatter: (s: number) => Number(s.toPrecision(3)).toString(),
          }
        : { show: false },
    })),
    yAxis: panels.map(({ yName }, at) => ({
      ...value,
      name: yName,
      gridIndex: at,
      scale: at > 0,
      splitNumber: at === 0 ? 4 : 2,
      nameTextStyle: { color: theme.faint, fontSize: 11, align: 'left' },
    })),
    series: seriesOf(courses, panels, labels, theme),
  };
}
