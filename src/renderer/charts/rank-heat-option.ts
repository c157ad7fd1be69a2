// SPDX-License-Identifier: Apache-2.0
import { formatDurationNs } from '#shared/base/units.ts';
import { baseOption, categoryAxis, plotGrid, tooltipBase, tooltipHtml } from '#shared/charts/common.ts';
import type { ChartOption } from './echarts.ts';
import type { ChartTheme } from '#shared/charts/theme.ts';

/** A duration of each iteration and rank as a heat map. */

export interface RankHeatData {
  readonly ranks: readonly string[];
  /** Names of the columns: an iteration, or several. */
  readonly columns: readonly string[];
  /** What a cell shows, for its tooltip. */
  readonly measure: string;
  /** Row-major, ranks × columns; null where nothing was recorded. */
  readonly cells: readonly ({ readonly iteration: number; readonly ns: number } | null)[];
}

const TOP_PX = 4;
const AXIS_PX = 44;
const LABEL_PX = 14;

/** Height of a row in pixels: ranks stay apart down to a hundred of them and more. */
function rowPx(ranks: number): number {
  if (ranks <= 8) return 22;
  return ranks <= 32 ? 12 : 6;
}

export const rankHeatHeight = (ranks: number): number => TOP_PX + AXIS_PX + Math.max(ranks, 2) * rowPx(ranks);

const knownNs = ({ cells }: RankHeatData): number[] =>
  cells.flatMap((cell) => (cell === null ? [] : [cell.ns]));

interface Scale {
  readonly least: number;
  readonly most: number;
  /** Some cells lie above the end of the scale. */
  readonly exceeded: boolean;
}

/**
 * From the shortest to the 95th percentile, so that a few long ones do not make all others look alike; from at least a
 * tenth below its end, so that noise does not look like a difference.
 */
export function heatScale(values: readonly number[]): Scale {
  const sorted = values.toSorted((a, b) => a - b);
  const most = sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0;
  return { least: Math.min(sorted[0] ?? 0, 0.9 * most), most, exceeded: (sorted.at(-1) ?? 0) > most };
}

/** The ends of the scale as texts. */
export function heatEnds(data: RankHeatData): readonly [least: string, most: string] {
  const { least, most, exceeded } = heatScale(knownNs(data));
  return [formatDurationNs(least), `${exceeded ? '≥ ' : ''}${formatDurationNs(most)}`];
}

function tooltip({ ranks, columns, measure, cells }: RankHeatData, place: readonly number[]): string {
  const [x = 0, y = 0] = place;
  const cell = cells[y * columns.length + x] ?? null;
  if (cell === null) return '';
  const column = columns[x] ?? '';
  const several = column !== cell.iteration.toString();
  return tooltipHtml(`${ranks[y] ?? ''} · iteration ${cell.iteration}`, [
    [measure, formatDurationNs(cell.ns)],
    ...(several ? [['longest of', column] satisfies [string, string]] : []),
  ]);
}

export function rankHeatOption(data: RankHeatData, theme: ChartTheme): ChartOption {
  const { ranks, columns, cells } = data;
  const rankAxis = categoryAxis(theme, ranks, '');
  const { least, most } = heatScale(knownNs(data));
  return {
    ...baseOption(theme),
    grid: { ...plotGrid, top: TOP_PX },
    tooltip: {
      ...tooltipBase(theme, 'item'),
      formatter: ({ value }: { readonly value: readonly number[] }) => tooltip(data, value),
    },
    xAxis: { ...categoryAxis(theme, columns, 'iteration'), splitArea: { show: false } },
    yAxis: {
      ...rankAxis,
      inverse: true,
      axisLabel: { ...rankAxis.axisLabel, interval: Math.ceil(LABEL_PX / rowPx(ranks.length)) - 1 },
    },
    visualMap: {
      type: 'continuous',
      show: false,
      min: least,
      max: Math.max(most, least + 1),
      inRange: { color: [theme.idle, theme.compute, theme.text] },
    },
    series: [
      {
        type: 'heatmap',
        progressive: 0,
        emphasis: { itemStyle: { borderColor: theme.text, borderWidth: 1 } },
        data: cells.flatMap((cell, at) =>
          cell === null ? [] : [[at % columns.length, Math.floor(at / columns.length), cell.ns]],
        ),
      },
    ],
  };
}
