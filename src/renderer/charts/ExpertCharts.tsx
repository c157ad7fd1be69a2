// SPDX-License-Identifier: Apache-2.0
import { useCallback } from 'react';
import { Chart, type ChartPick } from './Chart.tsx';
import {
  expertBarsOption,
  expertHeatmapOption,
  type ExpertBars,
  type HeatmapData,
} from './expert-options.ts';
import type { ChartTheme } from './theme.ts';

/** Tokens per expert of one layer. */
export function ExpertBarsChart({ label, data }: { readonly label: string; readonly data: ExpertBars }) {
  const build = useCallback((theme: ChartTheme) => expertBarsOption(data, theme), [data]);
  return <Chart label={label} build={build} />;
}

interface ExpertHeatmapChartProps {
  readonly label: string;
  readonly data: HeatmapData;
  /** Called with the layer's number. */
  readonly onSelectLayer: (layer: number) => void;
}

/** Load of every expert of every layer over its layer's mean. The layer list selects by keyboard. */
export function ExpertHeatmapChart({ label, data, onSelectLayer }: ExpertHeatmapChartProps) {
  const build = useCallback((theme: ChartTheme) => expertHeatmapOption(data, theme), [data]);
  const { layers } = data;
  const onPick = useCallback(
    ({ y }: ChartPick) => {
      const layer = layers[y];
      if (layer !== undefined) onSelectLayer(layer);
    },
    [layers, onSelectLayer],
  );
  return <Chart label={label} build={build} onPick={onPick} />;
}
