// SPDX-License-Identifier: Apache-2.0
import { useCallback } from 'react';
import { Chart } from './Chart.tsx';
import { telemetryOption, type TelemetryPlot } from './telemetry-option.ts';
import type { ChartTheme } from '#shared/charts/theme.ts';

/** Fills its container, whose height must be fixed. */
export function TelemetryChart({ label, plot }: { readonly label: string; readonly plot: TelemetryPlot }) {
  const build = useCallback((theme: ChartTheme) => telemetryOption(plot, theme), [plot]);
  return <Chart label={label} build={build} />;
}
