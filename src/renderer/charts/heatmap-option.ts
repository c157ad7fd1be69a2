// SPDX-License-Identifier: Apache-2.0
import { formatCount, formatRatio } from '#shared/base/units.ts';
import {
  baseOption,
  categoryAxis,
  largest,
  plotGrid,
  tooltipBase,
  tooltipHtml,
} from '#shared/charts/common.ts';
import { cellPicture } from './cell-picture.ts';
import type { ChartPointer } from './Chart.tsx';
import type { ChartOption } from './echarts.ts';
import type { ChartTheme } from '#shared/charts/theme.ts';

/** Tokens or times as a heat map: layers or iterations by experts or ranks. */

export interface HeatmapData {
  /** Numbers of the rows. */
  readonly rows: readonly number[];
  readonly rowName: 'layer' | 'iteration';
  readonly columns: number;
  readonly columnName: 'expert' | 'rank';
  /** Row-major, rows × columns; NaN where nothing was recorded. */
  readonly values: Float64Array;
  /** What they are, and how one reads; tokens where nothing is said. */
  readonly measure?: HeatmapMeasure;
  /** Position in `rows`. */
  readonly selected: number | null;
  /** Over the row's mean, so that rows of different token counts compare; or as they are. */
  readonly scale: 'mean' | 'absolute';
}

export interface HeatmapMeasure {
  readonly name: string;
  readonly text: (value: number) => string;
}

const TOKENS: HeatmapMeasure = { name: 'tokens', text: formatCount };

/** Each cell over its row's mean; null in a row without tokens. */
export function relativeLoads({ rows, columns, values }: HeatmapData): (number | null)[] {
  return rows.flatMap((_, at) => {
    const row = values.subarray(at * columns, (at + 1) * columns);
    const known = row.filter((value) => !Number.isNaN(value));
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    return Array.from(row, (value) => (mean > 0 && !Number.isNaN(value) ? value / mean : null));
  });
}

/** As many as stand below each other in a small window. */
const MOST_ROW_LABELS = 30;

const capitalised = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

function cellTooltip(
  data: HeatmapData,
  { cell }: ChartPointer,
  relative: readonly (number | null)[],
): string {
  if (cell === null) return '';
  const index = cell.y * data.columns + cell.x;
  const value = data.values[index];
  const over = relative[index] ?? null;
  const { name, text } = data.measure ?? TOKENS;
  const title = `${capitalised(data.rowName)} ${data.rows[cell.y] ?? ''} · ${data.columnName} ${cell.x}`;
  return tooltipHtml(title, [
    [name, value === undefined || Number.isNaN(value) ? 'cannot answer' : text(value)],
    [`times the ${data.rowName}’s mean`, over === null ? 'cannot answer' : formatRatio(over)],
  ]);
}

const coloursOf = (theme: ChartTheme): readonly string[] => [theme.raised, theme.compute, theme.text];

function scaleOf({ scale, measure = TOKENS }: HeatmapData, most: number, theme: ChartTheme) {
  const end = scale === 'mean' ? `${formatRatio(most)}×` : measure.text(most);
  return {
    type: 'continuous',
    min: 0,
    max: most,
    right: 4,
    top: 'middle',
    itemWidth: 10,
    itemHeight: 90,
    calculable: false,
    text: [end, scale === 'mean' ? '0×' : '0'],
    textStyle: { color: theme.muted, fontSize: 11 },
    inRange: { color: coloursOf(theme) },
    hoverLink: false,
  };
}

/** `pointer` tells the tooltip which cell is meant; `density` is dots of the picture by each of the chart's pixels. */
export function heatmapOption(
  data: HeatmapData,
  theme: ChartTheme,
  pointer: ChartPointer,
  density: number,
): ChartOption {
  const relative = relativeLoads(data);
  const absolute = (): (number | null)[] =>
    Array.from(data.values, (value) => (Number.isNaN(value) ? null : value));
  const shown = data.scale === 'mean' ? relative : absolute();
  const found = largest(shown.filter((load) => load !== null));
  // Even loads, once the mean, are the colour in the middle and not that of the hottest.
  const most = Math.max(found, data.scale === 'mean' ? 2 : 1);
  const grid = { rows: data.rows.length, columns: data.columns, values: shown, most };
  const columns = Array.from({ length: data.columns }, (_, at) => at);
  const rowAxis = categoryAxis(theme, data.rows, data.rowName);
  return {
    ...baseOption(theme),
    grid: { ...plotGrid, top: 8, left: 24, right: 72 },
    tooltip: {
      ...tooltipBase(theme, 'item'),
      formatter: () => cellTooltip(data, pointer, relative),
    },
    xAxis: { ...categoryAxis(theme, columns, data.columnName), splitArea: { show: false } },
    yAxis: {
      ...rowAxis,
      inverse: true,
      nameGap: 26,
      axisLabel: {
        ...rowAxis.axisLabel,
        interval: Math.floor(data.rows.length / MOST_ROW_LABELS),
        color: (_: string, at: number) => (at === data.selected ? theme.accent : theme.muted),
        fontWeight: 400,
      },
    },
    visualMap: scaleOf(data, most, theme),
    series: [
      {
        type: 'custom',
        renderItem: cellPicture(grid, coloursOf(theme), density),
        data: [[0, 0]],
      },
    ],
  };
}
