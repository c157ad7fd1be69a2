// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import type {
  ExpertHeatmap,
  ExpertHistogram,
  ExpertSummary,
  LayerMetrics,
} from '#shared/contract/experts.ts';
import { subscribe } from '#renderer/data/bridge.ts';
import { askEngine } from '#renderer/data/engine.ts';
import type { IterationBounds } from './iteration-window.ts';
import { useAnswer, type Answer } from './use-answer.ts';

/** Counts the engine's restarts, after which everything is asked again. */
function useRestarts(): number {
  const [restarts, setRestarts] = useState(0);
  useEffect(() => subscribe('engine.restarted', () => setRestarts((before) => before + 1)), []);
  return restarts;
}

export function useExpertSummary(sourceId: string): Answer<ExpertSummary> & { readonly restarts: number } {
  const restarts = useRestarts();
  const answer = useAnswer(sourceId, restarts.toString(), (signal) =>
    askEngine('experts.open', { sourceId }, { signal }),
  );
  return { ...answer, restarts };
}

export interface ExpertQuestion {
  readonly sourceId: string;
  readonly window: IterationBounds;
  readonly layer: number;
  readonly ranks: number;
}

/** What a window of the statistics shows: metrics of all layers, the heat map, and one layer's histogram. */
export interface ExpertAnswers {
  readonly metrics: Answer<readonly LayerMetrics[]>;
  readonly heatmap: Answer<ExpertHeatmap>;
  readonly histogram: Answer<ExpertHistogram>;
  /** Null where the layer has no tokens to answer with. */
  readonly rankLoads: Answer<readonly number[] | null>;
  /** vLLM's definition, all layers together; null where they have no tokens to answer with. */
  readonly vllmBalancedness: Answer<number | null>;
}

export function useExpertAnswers({ sourceId, window, layer, ranks }: ExpertQuestion): ExpertAnswers {
  const of = { sourceId, iterationFrom: window.first, iterationTo: window.last + 1 };
  const span = `${window.first}-${window.last}`;
  return {
    metrics: useAnswer(sourceId, `${span} ${ranks}`, (signal) =>
      askEngine('experts.layerMetrics', { ...of, ranks }, { signal }),
    ),
    heatmap: useAnswer(sourceId, span, (signal) => askEngine('experts.heatmap', of, { signal })),
    histogram: useAnswer(sourceId, `${span} ${layer}`, (signal) =>
      askEngine('experts.histogram', { ...of, layer }, { signal }),
    ),
    rankLoads: useAnswer(sourceId, `${span} ${layer} ${ranks}`, (signal) =>
      askEngine('experts.rankLoads', { ...of, layer, ranks }, { signal }),
    ),
    vllmBalancedness: useAnswer(sourceId, `${span} ${ranks}`, (signal) =>
      askEngine('experts.vllmBalancedness', { ...of, ranks }, { signal }),
    ),
  };
}
