// SPDX-License-Identifier: Apache-2.0
import { useCallback } from 'react';
import { Chart, type ChartPick } from './Chart.tsx';
import { compositionOption, type CompositionData } from './composition-option.ts';
import type { ChartTheme } from './theme.ts';

interface CompositionChartProps {
  readonly label: string;
  readonly data: CompositionData;
  /** Called with the iteration's number. */
  readonly onSelect: (iteration: number) => void;
}

/** How the time of each iteration divides. The iteration table holds the same figures for the keyboard. */
export function CompositionChart({ label, data, onSelect }: CompositionChartProps) {
  const build = useCallback((theme: ChartTheme) => compositionOption(data, theme), [data]);
  const { iterations } = data;
  const onPick = useCallback(
    ({ x }: ChartPick) => {
      const iteration = iterations[x];
      if (iteration !== undefined) onSelect(iteration);
    },
    [iterations, onSelect],
  );
  return <Chart label={label} build={build} onPick={onPick} />;
}
