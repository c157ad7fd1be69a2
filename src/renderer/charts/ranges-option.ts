// SPDX-License-Identifier: Apache-2.0
import {
  baseOption,
  categoryAxis,
  plotGrid,
  tooltipBase,
  tooltipHtml,
  valueAxis,
} from '#shared/charts/common.ts';
import type { ChartTheme } from '#shared/charts/theme.ts';
import type { ChartOption } from './echarts.ts';

/** Ranges of one figure below each other: bands, intervals, and single values as a line. */

export interface RangeRow {
  readonly name: string;
  readonly low: number;
  readonly high: number;
}

export interface RangesData {
  readonly rows: readonly RangeRow[];
  readonly xName: string;
  readonly text: (value: number) => string;
}

const HEIGHT_PX = 14;
const LEAST_PX = 2;
/** Where the axis ends when all is nothing. */
const LEAST_AXIS = 0.01;

interface RangeApi {
  readonly value: (dimension: number) => number;
  readonly coord: (point: readonly number[]) => readonly number[];
}

/** A bar from one end to the other, never too thin to be seen. */
function bar(api: RangeApi, theme: ChartTheme) {
  const at = api.value(0);
  const [left = 0, y = 0] = api.coord([api.value(1), at]);
  const [right = left] = api.coord([api.value(2), at]);
  const width = Math.max(right - left, LEAST_PX);
  return {
    type: 'rect',
    shape: { x: left, y: y - HEIGHT_PX / 2, width, height: HEIGHT_PX, r: 2 },
    style: { fill: theme.series[at % theme.series.length] ?? theme.compute },
  };
}

export function rangesOption({ rows, xName, text }: RangesData, theme: ChartTheme): ChartOption {
  const value = valueAxis(theme, xName);
  const tip = (row: RangeRow | undefined): string =>
    row === undefined
      ? ''
      : tooltipHtml(
          row.name,
          row.low === row.high
            ? [[xName, text(row.low)]]
            : [
                ['from', text(row.low)],
                ['to', text(row.high)],
              ],
        );
  return {
    ...baseOption(theme),
    grid: { ...plotGrid, top: 8, right: 24 },
    tooltip: {
      ...tooltipBase(theme, 'item'),
      formatter: ({ dataIndex }: { readonly dataIndex: number }) => tip(rows[dataIndex]),
    },
    xAxis: {
      ...value,
      // Null leaves the end to the chart, which chooses a round one.
      min: ({ min }: { readonly min: number }) => (min < 0 ? null : 0),
      max: ({ max }: { readonly max: number }) => (max > LEAST_AXIS ? null : LEAST_AXIS),
      nameLocation: 'middle',
      nameGap: 20,
      axisLabel: { color: theme.muted, fontSize: 11, formatter: text, hideOverlap: true },
    },
    yAxis: {
      ...categoryAxis(
        theme,
        rows.map(({ name }) => name),
        '',
      ),
      inverse: true,
    },
    series: [
      {
        type: 'custom',
        renderItem: (_: unknown, api: RangeApi) => bar(api, theme),
        encode: { x: [1, 2], y: 0 },
        data: rows.map(({ low, high }, at) => [at, low, high]),
      },
    ],
  };
}
