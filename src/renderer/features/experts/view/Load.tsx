// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'react';
import type { Source } from '#shared/contract/app.ts';
import type { ExpertSummary, LayerMetrics } from '#shared/contract/experts.ts';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { placedMetrics, usePlaced, type PlacedPlan } from '../model/placed.ts';
import { valueOf } from '../model/use-answer.ts';
import type { ExpertAnswers, ExpertQuestion } from '../model/use-experts.ts';
import { HeatmapPanel } from './HeatmapPanel.tsx';
import { LayerFigures } from './LayerFigures.tsx';
import { LayerList } from './LayerList.tsx';
import { LayerPanel } from './LayerPanel.tsx';

interface LoadProps {
  readonly question: ExpertQuestion;
  readonly summary: ExpertSummary;
  readonly answers: ExpertAnswers;
  /** The plan in whose placement loads are shown; null for contiguous blocks. */
  readonly placed: PlacedPlan | null;
  readonly others: readonly Source[];
  readonly onSelectLayer: (layer: number) => void;
}

const NO_METRICS: readonly LayerMetrics[] = [];

/** Layers on the left, the chosen layer's load, and all layers as a heat map. */
export function Load({ question, summary, answers, placed, others, onSelectLayer }: LoadProps) {
  const { layer, ranks } = question;
  const asked = usePlaced(question, placed);
  const plan = placed === null ? undefined : (valueOf(asked) ?? undefined);
  const counted = valueOf(answers.metrics) ?? NO_METRICS;
  const metrics = useMemo(
    () => (plan === undefined ? counted : placedMetrics(counted, plan)),
    [counted, plan],
  );
  return (
    <div className="expert-load">
      {asked.state === 'failed' && <Notice severity="error">{asked.failure.message}</Notice>}
      <div className="expert-load__figures">
        <LayerFigures
          metrics={metrics.find((of) => of.layer === layer)}
          experts={summary.experts}
          ranks={ranks}
          isPlaced={plan !== undefined}
          vllmBalancedness={plan === undefined ? valueOf(answers.vllmBalancedness) : undefined}
        />
      </div>
      <div className="expert-body">
        <LayerList layers={summary.layers} metrics={metrics} selected={layer} onSelect={onSelectLayer} />
        <LayerPanel
          question={question}
          counts={valueOf(answers.histogram)?.counts}
          loads={valueOf(answers.rankLoads)}
          plan={plan?.layers.find((of) => of.layer === layer)}
          others={others}
        />
        <HeatmapPanel
          heatmap={valueOf(answers.heatmap)}
          plan={plan}
          layer={layer}
          ranks={ranks}
          onSelectLayer={onSelectLayer}
        />
      </div>
    </div>
  );
}
