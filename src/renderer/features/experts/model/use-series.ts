// SPDX-License-Identifier: Apache-2.0
import type { ExpertSeries } from '#shared/contract/experts.ts';
import type { IterationLine } from '#shared/contract/run.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { askEngine } from '#renderer/data/engine.ts';
import type { HeatmapColumns } from './heatmaps.ts';
import { useAnswer, type Answer } from './use-answer.ts';
import type { ExpertQuestion } from './use-experts.ts';

/** As many cells as the chart draws without a pause, and no more rows than pixels tell apart. */
const MOST_CELLS = 1 << 15;
const MOST_ROWS = 512;

/** How a layer went over the window. */
export function useSeries(
  { sourceId, window, layer, ranks }: ExpertQuestion,
  over: HeatmapColumns,
  experts: number,
): Answer<ExpertSeries> {
  const columns = over === 'ranks' ? ranks : experts;
  const rows = Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_CELLS / columns)));
  const key = `${window.first}-${window.last} ${layer} ${ranks} ${over}`;
  return useAnswer(sourceId, key, (signal) =>
    askEngine(
      'experts.series',
      {
        sourceId,
        iterationFrom: window.first,
        iterationTo: window.last + 1,
        layer,
        over,
        ranks,
        rows,
      },
      { signal },
    ),
  );
}

/** The iteration lines of the run that the statistics belong to; none where they belong to no run. */
export function useIterationLines(runId: string | undefined): Answer<readonly IterationLine[]> {
  return useAnswer(runId ?? '', runId ?? '', () =>
    runId === undefined ? Promise.resolve([]) : invoke('runs.iterationLines', { id: runId }),
  );
}
