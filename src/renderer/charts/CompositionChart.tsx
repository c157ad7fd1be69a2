// SPDX-License-Identifier: Apache-2.0
import { useCallback } from 'react';
import { Chart, type ChartPick } from './Chart.tsx';
import { compositionOption, type CompositionData } from './composition-option.ts';
import type { ChartTheme } from '#shared/charts/theme.ts';

interface CompositionChartProps {
  readonly label: string;
  readonly data: CompositionData;
  /** Called with the iteration's number when its bar is clicked. */
  readonly onSelect: (iteration: number) => void;
  /** Called with the iterations of a bar that stands for several, or of those that were dragged over. */
  readonly onWindow: (first: number, last: number) => void;
}

/** How the time of iterations divides. The iteration table holds the same figures for the keyboard. */
export function CompositionChart({ label, data, onSelect, onWindow }: CompositionChartProps) {
  const build = useCallback((theme: ChartTheme) => compositionOption(data, theme), [data]);
  const { spans } = data;
  const onPick = useCallback(
    ({ x }: ChartPick) => {
      const span = spans[x];
      if (span === undefined) return;
      if (span.first === span.last) onSelect(span.first);
      else onWindow(span.first, span.last);
    },
    [spans, onSelect, onWindow],
  );
  const onBrush = useCallback(
    (from: number, to: number) => {
      const [first, last] = [spans[Math.max(from, 0)], spans[Math.min(to, spans.length - 1)]];
      if (first !== undefined && last !== undefined) onWindow(first.first, last.last);
    },
    [spans, onWindow],
  );
  return <Chart label={label} build={build} onPick={onPick} onBrush={onBrush} />;
}
