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
import type { ChartOption } from './echarts.ts';
import type { ChartTheme } from '#shared/charts/theme.ts';

/** Tokens as a heat map: layers or iterations by experts or ranks. */

export interface HeatmapData {
  /** Numbers of the rows. */
  readonly rows: readonly number[];
  readonly rowName: 'layer' | 'iteration';
  readonly columns: number;
  readonly columnName: 'expert' | 'rank';
  /** Row-major, rows × columns. */
  readonly tokens: Float64Array;
  /** Position in `rows`. */
  readonly selected: number | null;
  /** Over the row's mean, so that rows of different token counts compare; or as they are. */
  readonly scale: 'mean' | 'tokens';
}

/** Each cell over its row's mean; null in a row without tokens. */
export function relativeLoads({ rows, columns, tokens }: HeatmapData): (number | null)[] {
  return rows.flatMap((_, at) => {
    const row = tokens.subarray(at * columns, (at + 1) * columns);
    const mean = row.reduce((sum, value) => sum + value, 0) / columns;
    return Array.from(row, (value) => (mean > 0 ? value / mean : null));
  });
}

/** As many as stand below each other in a small window. */
const MOST_ROW_LABELS = 30;

const capitalised = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

function cellTooltip(data: HeatmapData, index: number, relative: number | null): string {
  const row = Math.floor(index / data.columns);
  const title = `${capitalised(data.rowName)} ${data.rows[row] ?? ''} · ${data.columnName} ${index % data.columns}`;
  return tooltipHtml(title, [
    ['tokens', formatCount(data.tokens[index] ?? 0)],
    [
      `times the ${data.rowName}’s mean`,
      relative === null ? 'cannot answer: no tokens' : formatRatio(relative),
    ],
  ]);
}

function scaleOf({ scale }: HeatmapData, most: number, theme: ChartTheme) {
  const end = scale === 'mean' ? `${formatRatio(most)}×` : formatCount(most);
  return {
    type: 'continuous',
    min: 0,
    max: Math.max(most, 1),
    right: 4,
    top: 'middle',
    itemWidth: 10,
    itemHeight: 90,
    calculable: false,
    text: [end, scale === 'mean' ? '0×' : '0'],
    textStyle: { color: theme.muted, fontSize: 11 },
    inRange: { color: [theme.raised, theme.compute, theme.text] },
  };
}

export function heatmapOption(data: HeatmapData, theme: ChartTheme): ChartOption {
  const relative = relativeLoads(data);
  const shown = data.scale === 'mean' ? relative : Array.from(data.tokens);
  const columns = Array.from({ length: data.columns }, (_, at) => at);
  const rowAxis = categoryAxis(theme, data.rows, data.rowName);
  return {
    ...baseOption(theme),
    grid: { ...plotGrid, top: 8, left: 24, right: 72 },
    tooltip: {
      ...tooltipBase(theme, 'item'),
      formatter: ({ dataIndex }: { readonly dataIndex: number }) =>
        cellTooltip(data, dataIndex, relative[dataIndex] ?? null),
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
    visualMap: scaleOf(data, largest(shown.filter((load) => load !== null)), theme),
    series: [
      {
        type: 'heatmap',
        progressive: 0,
        emphasis: { itemStyle: { borderColor: theme.text, borderWidth: 1 } },
        data: shown.map((load, index) => [
          index % data.columns,
          Math.floor(index / data.columns),
          load ?? '-',
        ]),
      },
    ],
  };
}
