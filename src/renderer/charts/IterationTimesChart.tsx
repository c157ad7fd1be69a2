// SPDX-License-Identifier: Apache-2.0
import { useCallback } from 'react';
import type { IterationLine } from '#shared/contract/run.ts';
import { Chart } from './Chart.tsx';
import { iterationTimesOption } from './iteration-times-option.ts';
import type { ChartTheme } from '#shared/charts/theme.ts';

/** Host step time of each iteration, as the engine logged it. Fills its container, whose height must be fixed. */
export function IterationTimesChart({ lines }: { readonly lines: readonly IterationLine[] }) {
  const build = useCallback((theme: ChartTheme) => iterationTimesOption(lines, theme), [lines]);
  return <Chart label={`Host step time of ${lines.length} iterations, in milliseconds`} build={build} />;
}
