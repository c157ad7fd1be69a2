// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'react';
import type { ExpertLayerPlan, ExpertPlan } from '#shared/contract/experts.ts';
import { LinesChart } from '#renderer/charts/index.tsx';
import { replicated } from '../model/plan-result.ts';

const MOST_NAMED = 24;

interface PlanChartsProps {
  readonly plan: ExpertPlan;
  readonly layer: number;
  readonly onSelectLayer: (layer: number) => void;
}

/** Before and after by layer, the chosen layer's ranks, and what more slots would leave. */
export function PlanCharts({ plan, layer, onSelectLayer }: PlanChartsProps) {
  const byLayer = useMemo(
    () => ({
      xs: plan.layers.map((of) => of.layer),
      xName: 'layer',
      yName: 'imbalance over ranks',
      selected: plan.layers.findIndex((of) => of.layer === layer),
      series: [
        { name: 'without', as: 'bars' as const, values: plan.layers.map(({ beforeMean }) => beforeMean) },
        { name: 'with the plan', as: 'bars' as const, values: plan.layers.map(({ afterMean }) => afterMean) },
      ],
    }),
    [plan, layer],
  );
  const chosen = plan.layers.find((of) => of.layer === layer);
  return (
    <div className="plan-charts">
      <section className="expert-panel" aria-label="Imbalance by layer">
        <h2 className="expert-panel__title">Imbalance over ranks by layer</h2>
        <div className="expert-panel__chart">
          <LinesChart
            label={`Imbalance over ranks without and with the plan, ${plan.layers.length} layers`}
            data={byLayer}
            onSelect={(at) => {
              const of = plan.layers[at];
              if (of !== undefined) onSelectLayer(of.layer);
            }}
          />
        </div>
      </section>
      {chosen !== undefined && <ChosenLayer plan={chosen} />}
      {plan.curve.length > 0 && <Curve plan={plan} />}
    </div>
  );
}

function ChosenLayer({ plan }: { readonly plan: ExpertLayerPlan }) {
  const data = useMemo(
    () => ({
      xs: Array.from(plan.beforeLoads, (_, rank) => rank),
      xName: 'rank',
      yName: 'tokens',
      series: [
        { name: 'without', as: 'bars' as const, values: [...plan.beforeLoads] },
        { name: 'with the plan', as: 'bars' as const, values: [...plan.afterLoads] },
      ],
    }),
    [plan],
  );
  const copies = replicated(plan.replicas);
  const named = copies.slice(0, MOST_NAMED).map(({ expert, count }) => `${expert} ×${count}`);
  const more = copies.length > named.length ? `, and ${copies.length - named.length} more` : '';
  return (
    <section className="expert-panel" aria-label={`Ranks of layer ${plan.layer}`}>
      <h2 className="expert-panel__title">Tokens per rank, layer {plan.layer}</h2>
      <div className="expert-panel__chart">
        <LinesChart
          label={`Tokens of ${data.xs.length} ranks without and with the plan, layer ${plan.layer}`}
          data={data}
        />
      </div>
      <p className="expert-panel__note">
        {named.length === 0
          ? 'No expert has a replica.'
          : `Experts with replicas: ${named.join(', ')}${more}.`}
      </p>
    </section>
  );
}

function Curve({ plan }: { readonly plan: ExpertPlan }) {
  const data = useMemo(
    () => ({
      xs: plan.curve.map(({ slots }) => slots),
      xName: 'slots of a layer',
      yName: 'imbalance left',
      selected: plan.curve.findIndex(({ slots }) => slots === plan.numSlots),
      series: [
        { name: 'imbalance left', as: 'line' as const, values: plan.curve.map(({ afterMean }) => afterMean) },
      ],
    }),
    [plan],
  );
  return (
    <section className="expert-panel" aria-label="Slots against imbalance">
      <h2 className="expert-panel__title">What more slots would leave</h2>
      <div className="expert-panel__chart">
        <LinesChart label={`Imbalance left by ${data.xs.length} numbers of slots`} data={data} />
      </div>
    </section>
  );
}
