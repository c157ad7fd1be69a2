// SPDX-License-Identifier: Apache-2.0
import { useCallback } from 'react';
import { Chart, type ChartPick } from './Chart.tsx';
import { heatEnds, rankHeatHeight, rankHeatOption, type RankHeatData } from './rank-heat-option.ts';
import type { ChartTheme } from '#shared/charts/theme.ts';

interface RankHeatChartProps {
  readonly label: string;
  readonly data: RankHeatData;
  /** The cell that has a frame around it: column and rank. */
  readonly marked: ChartPick | null;
  readonly onPick: (cell: ChartPick) => void;
}

/** A duration of each iteration and rank; as high as its ranks need. */
export function RankHeatChart({ label, data, marked, onPick }: RankHeatChartProps) {
  const build = useCallback((theme: ChartTheme) => rankHeatOption(data, theme), [data]);
  return (
    <div style={{ height: rankHeatHeight(data.ranks.length) }}>
      <Chart label={label} build={build} onPick={onPick} marked={marked} />
    </div>
  );
}

/** What the heat map's colours stand for. */
export function RankHeatLegend({ data }: Pick<RankHeatChartProps, 'data'>) {
  const [least, most] = heatEnds(data);
  return (
    <span className="chart__scale">
      {least}
      <span className="chart__scale-colours" role="img" aria-label="to" />
      {most}
    </span>
  );
}
