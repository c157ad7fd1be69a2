// SPDX-License-Identifier: Apache-2.0
import { TOP_EXPERTS, type LayerMetrics } from '#shared/contract/experts.ts';
import { formatCount, formatPercent, formatRatio } from '#shared/base/units.ts';
import { Figure } from '#renderer/widgets/Figure.tsx';
import { definitions } from '../model/definitions.ts';

/** The metrics of one layer, the imbalance over ranks first and biggest. */

const UNANSWERED = 'cannot answer';
const ratio = (value: number | null | undefined): string =>
  value === null || value === undefined ? '—' : formatRatio(value);
const count = (value: number | null | undefined): string =>
  value === null || value === undefined ? '—' : formatCount(value);
const percent = (value: number | null | undefined): string =>
  value === null || value === undefined ? '—' : formatPercent(value);

interface LayerFiguresProps {
  readonly metrics: LayerMetrics | undefined;
  readonly experts: number;
  readonly ranks: number;
  /** Whether the ranks are those of a plan, and not contiguous blocks. */
  readonly isPlaced: boolean;
  /** Of all layers together; null where it cannot be told, undefined until it is known. */
  readonly vllmBalancedness: number | null | undefined;
}

function ofSums(value: number | null | undefined): string {
  return value === null || value === undefined ? UNANSWERED : `of sums ${formatRatio(value)}`;
}

export function LayerFigures({ metrics, experts, ranks, isPlaced, vllmBalancedness }: LayerFiguresProps) {
  const top = Math.min(TOP_EXPERTS, experts);
  const dead = metrics?.deadExperts ?? null;
  return (
    <section className="expert-figures" aria-label="Metrics of the layer">
      <Figure
        size="main"
        label={`Imbalance over ${ranks} ranks${isPlaced ? ' of the plan' : ''}`}
        value={metrics?.rankImbalanceMean === null ? UNANSWERED : ratio(metrics?.rankImbalanceMean)}
        definition={definitions.rankImbalanceMean}
        note={ofSums(metrics?.rankImbalanceOfSums)}
      />
      <Figure
        label={`Imbalance over ${experts} experts`}
        value={ratio(metrics?.expertImbalanceMean)}
        definition={definitions.expertImbalanceMean}
        note={ofSums(metrics?.expertImbalanceOfSums)}
      />
      <Figure
        label="Balancedness"
        value={ratio(metrics?.balancedness)}
        definition={definitions.balancedness}
        note="1 is even"
      />
      <Figure
        label="SGLang balancedness"
        value={ratio(metrics?.sglangBalancedness)}
        definition={definitions.sglangBalancedness}
        note={`over ${ranks} ranks`}
      />
      <Figure
        label="vLLM balancedness"
        value={vllmBalancedness === null ? UNANSWERED : ratio(vllmBalancedness)}
        definition={definitions.vllmBalancedness}
        note="all layers, over ranks"
      />
      <Figure
        label="CV"
        value={ratio(metrics?.coefficientOfVariation)}
        definition={definitions.cv}
        note="over experts"
      />
      <Figure label="Gini" value={ratio(metrics?.gini)} definition={definitions.gini} note="0 is even" />
      <Figure
        label="Effective experts"
        value={ratio(metrics?.effectiveExperts)}
        definition={definitions.effectiveExperts}
        note={`of ${experts}`}
      />
      <Figure
        label="Active experts"
        value={count(metrics?.activeExperts)}
        definition={definitions.activeExperts}
        note={dead === null ? UNANSWERED : `${formatCount(dead)} dead`}
      />
      <Figure
        label={`Share of the top ${top}`}
        value={percent(metrics?.topShare)}
        definition={definitions.topShare}
        note={`${top} of ${experts} experts`}
      />
      <Figure
        label="Hot set stays"
        value={percent(metrics?.hotSetPersistence)}
        definition={definitions.hotSetPersistence}
        note={metrics?.hotSetPersistence === null ? 'needs 20 iterations' : `top ${top}, by tens`}
      />
      <Figure label="Tokens" value={count(metrics?.tokens)} definition={definitions.tokens} note="routed" />
    </section>
  );
}
