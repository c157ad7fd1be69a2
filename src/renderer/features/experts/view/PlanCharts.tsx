// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from 'react';
import type { ExpertLayerPlan, ExpertPlan } from '#shared/contract/experts.ts';
import { ExpertBarsChart, expertBarsPicture, LinesChart, linesPicture } from '#renderer/charts/index.tsx';
import { Segmented } from '#renderer/widgets/Segmented.tsx';
import { expertBars, slotBars } from '../model/bars.ts';
import { linesTable } from '../model/table-file.ts';
import { replicated } from '../model/plan-result.ts';
import { SaveMenu } from './SaveMenu.tsx';

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
        <Title text="Imbalance over ranks by layer" of="layers" name="plan-layers" data={byLayer} />
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
      {chosen !== undefined && <Experts plan={chosen} />}
      {plan.curve.length > 0 && <Curve plan={plan} />}
    </div>
  );
}

interface TitleProps {
  readonly text: string;
  readonly of: string;
  readonly name: string;
  readonly data: Parameters<typeof linesPicture>[0];
}

function Title({ text, of, name, data }: TitleProps) {
  return (
    <div className="expert-panel__title expert-panel__title--controls">
      <h2>{text}</h2>
      <SaveMenu
        of={of}
        name={name}
        table={() => linesTable(data)}
        picture={(format) => linesPicture(data, format)}
      />
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
      <Title
        text={`Tokens per rank, layer ${plan.layer}`}
        of="ranks"
        name={`layer-${plan.layer}-ranks`}
        data={data}
      />
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

const HISTOGRAMS = [
  { value: 'before', label: 'Before' },
  { value: 'after', label: 'After' },
] as const;

/** The chosen layer's experts where they lie: in contiguous blocks before, in the plan's slots after. */
function Experts({ plan }: { readonly plan: ExpertLayerPlan }) {
  const [shown, setShown] = useState<'before' | 'after'>('after');
  const ranks = plan.afterLoads.length;
  const data = useMemo(
    () => (shown === 'before' ? expertBars([...plan.counts], ranks, 'id') : slotBars(plan, ranks)),
    [plan, ranks, shown],
  );
  const what = shown === 'before' ? 'expert, without a plan' : 'slot of the plan';
  return (
    <section className="expert-panel" aria-label={`Experts of layer ${plan.layer}`}>
      <div className="expert-panel__title expert-panel__title--controls">
        <h2>Tokens per {shown === 'before' ? 'expert' : 'slot'}, by rank’s colour</h2>
        <Segmented label="Before or after the plan" value={shown} segments={HISTOGRAMS} onChange={setShown} />
        <SaveMenu
          of="experts"
          name={`layer-${plan.layer}-${shown}`}
          table={() => ({
            columns: ['position', 'expert', 'rank', 'tokens'],
            rows: data.bars.map(({ expert, rank, tokens }, at) => [at, expert, rank, tokens]),
          })}
          picture={(format) => expertBarsPicture(data, format)}
        />
      </div>
      <div className="expert-panel__chart">
        <ExpertBarsChart
          label={`Tokens of ${data.bars.length} places, each an ${what}, layer ${plan.layer}`}
          data={data}
        />
      </div>
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
      <Title text="What more slots would leave" of="curve" name="plan-slots" data={data} />
      <div className="expert-panel__chart">
        <LinesChart label={`Imbalance left by ${data.xs.length} numbers of slots`} data={data} />
      </div>
    </section>
  );
}
