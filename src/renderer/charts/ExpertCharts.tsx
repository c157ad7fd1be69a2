// SPDX-License-Identifier: Apache-2.0
import { useCallback } from 'react';
import { Chart, type ChartPick, type ChartPointer } from './Chart.tsx';
import { expertBarsOption, type ExpertBars } from './expert-options.ts';
import { heatmapOption, type HeatmapData } from './heatmap-option.ts';
import { linesOption, type LinesData } from './lines-option.ts';
import { rangesOption, type RangesData } from './ranges-option.ts';
import type { ChartTheme } from '#shared/charts/theme.ts';

/** Tokens per expert of one layer. */
export function ExpertBarsChart({ label, data }: { readonly label: string; readonly data: ExpertBars }) {
  const build = useCallback((theme: ChartTheme) => expertBarsOption(data, theme), [data]);
  return <Chart label={label} build={build} />;
}

interface HeatmapChartProps {
  readonly label: string;
  readonly data: HeatmapData;
  /** Called with the row's position. */
  readonly onSelectRow: (at: number) => void;
}

/** Tokens by row and column. Whoever shows it offers another way to select by keyboard. */
export function HeatmapChart({ label, data, onSelectRow }: HeatmapChartProps) {
  const build = useCallback(
    (theme: ChartTheme, pointer: ChartPointer) =>
      heatmapOption(data, theme, pointer, globalThis.devicePixelRatio),
    [data],
  );
  const onPick = useCallback(
    ({ y }: ChartPick) => {
      if (y >= 0 && y < data.rows.length) onSelectRow(y);
    },
    [data, onSelectRow],
  );
  return <Chart label={label} build={build} onPick={onPick} />;
}

interface LinesChartProps {
  readonly label: string;
  readonly data: LinesData;
  /** Called with the position in `xs`. */
  readonly onSelect?: (at: number) => void;
}

/** Figures over iterations, layers or slots. */
export function LinesChart({ label, data, onSelect }: LinesChartProps) {
  const build = useCallback((theme: ChartTheme) => linesOption(data, theme), [data]);
  const onPick = useCallback(
    ({ x }: ChartPick) => {
      if (x >= 0 && x < data.xs.length) onSelect?.(x);
    },
    [data, onSelect],
  );
  return <Chart label={label} build={build} {...(onSelect === undefined ? {} : { onPick })} />;
}

/** Ranges of one figure below each other. */
export function RangesChart({ label, data }: { readonly label: string; readonly data: RangesData }) {
  const build = useCallback((theme: ChartTheme) => rangesOption(data, theme), [data]);
  return <Chart label={label} build={build} />;
}
