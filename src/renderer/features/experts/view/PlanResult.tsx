// SPDX-License-Identifier: Apache-2.0
import type { ExpertLayerPlan, ExpertPlan } from '#shared/contract/experts.ts';
import { formatBytes, formatCount, formatRatio } from '#shared/base/units.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { Figure } from '#renderer/widgets/Figure.tsx';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { Table, type Column } from '#renderer/widgets/Table.tsx';
import { definitions } from '../model/definitions.ts';
import { extraBytesPerRank, movesOf, verdictText } from '../model/plan-result.ts';
import { averageOf } from '../model/layer-columns.ts';
import type { PlacedPlan } from '../model/placed.ts';
import { saveFile } from '../model/save.ts';
import type { TableFile } from '../model/table-file.ts';
import { PlanCharts } from './PlanCharts.tsx';
import { SaveMenu } from './SaveMenu.tsx';

interface PlanResultProps {
  readonly plan: ExpertPlan;
  readonly title: string;
  /** Proposed for the file. */
  readonly name: string;
  readonly bytesPerExpert: string;
  readonly layer: number;
  readonly onSelectLayer: (layer: number) => void;
  readonly onPlace: (plan: PlacedPlan) => void;
}

const ratio = (value: number | null): string => (value === null ? 'cannot answer' : formatRatio(value));

/** A plan's verdict first, then its figures, layers and pictures. */
export function PlanResult(props: PlanResultProps) {
  const { plan, title, name, bytesPerExpert, layer, onSelectLayer, onPlace } = props;
  const { severity, text } = verdictText(plan);
  return (
    <div className="placement__result">
      <div className="placement__head">
        <Notice severity={severity}>
          {title}. {text}
        </Notice>
        <Button
          onClick={() =>
            onPlace({
              title,
              slots: plan.numSlots,
              ranks: plan.layers[0]?.afterLoads.length ?? 1,
              yaml: plan.yaml,
            })
          }
        >
          Show load under it
        </Button>
        <Button onClick={() => void saveFile({ name: `${name}-eplb`, format: 'yaml', content: plan.yaml })}>
          Save as YAML…
        </Button>
        <SaveMenu of="figures" name={`${name}-plan`} table={() => planTable(plan)} />
      </div>
      <PlanFigures plan={plan} bytesPerExpert={bytesPerExpert} />
      <PlanCharts plan={plan} layer={layer} onSelectLayer={onSelectLayer} />
      <Table
        label="Plan by layer"
        columns={columnsOf(onSelectLayer)}
        rows={rowsOf(plan)}
        rowKey={(row) => row.name}
      />
    </div>
  );
}

/** The rows of the table, unrounded. */
function planTable(plan: ExpertPlan): TableFile {
  const keys = [
    'beforeMean',
    'afterMean',
    'rankTokensMean',
    'beforeStd',
    'afterStd',
    'beforeOfSums',
    'afterOfSums',
    'moves',
  ] as const;
  return {
    columns: ['layer', ...keys],
    rows: rowsOf(plan).map((row) => [row.layer ?? row.name, ...keys.map((key) => row[key])]),
  };
}

function PlanFigures({
  plan,
  bytesPerExpert,
}: {
  readonly plan: ExpertPlan;
  readonly bytesPerExpert: string;
}) {
  const bytes = extraBytesPerRank(plan, bytesPerExpert);
  const layers = plan.layers.length;
  return (
    <section className="expert-figures" aria-label="The plan in figures">
      <Figure
        size="main"
        label="Imbalance with the plan"
        value={ratio(plan.afterMean)}
        definition={definitions.planImbalance}
        note={`without ${ratio(plan.beforeMean)}`}
      />
      <Figure
        label="Slots"
        value={formatCount(plan.numSlots)}
        definition={definitions.slots}
        note={`${formatCount(plan.extraSlotsPerRank)} extra on each rank`}
      />
      <Figure
        label="Moves"
        value={formatCount(movesOf(plan))}
        definition={definitions.moves}
        note={`in ${formatCount(layers)} layers`}
      />
      <Figure
        label="Memory for replicas"
        value={bytes === null ? 'cannot answer' : formatBytes(bytes)}
        definition={definitions.replicaMemory}
        note={bytes === null ? 'needs bytes per expert' : 'on each rank'}
      />
    </section>
  );
}

/** What the last row has as the mean over layers. */
type MeanOfLayers = 'beforeOfSums' | 'afterOfSums' | 'rankTokensMean' | 'beforeStd' | 'afterStd';

interface Row extends Pick<ExpertLayerPlan, MeanOfLayers | 'beforeMean' | 'afterMean' | 'moves'> {
  readonly name: string;
  readonly layer: number | null;
}

function rowsOf(plan: ExpertPlan): readonly Row[] {
  const mean = (of: MeanOfLayers): number | null => averageOf(plan.layers.map((layer) => layer[of]));
  return [
    ...plan.layers.map((layer) => ({ ...layer, name: `Layer ${layer.layer}` })),
    {
      name: 'average',
      layer: null,
      beforeMean: plan.beforeMean,
      afterMean: plan.afterMean,
      beforeOfSums: mean('beforeOfSums'),
      afterOfSums: mean('afterOfSums'),
      rankTokensMean: mean('rankTokensMean'),
      beforeStd: mean('beforeStd'),
      afterStd: mean('afterStd'),
      moves: movesOf(plan),
    },
  ];
}

function columnsOf(onSelectLayer: (layer: number) => void): readonly Column<Row>[] {
  const figure = (
    key: MeanOfLayers | 'beforeMean' | 'afterMean',
    title: string,
    definition: string,
  ): Column<Row> => ({ key, title, definition, numeric: true, cell: (row) => ratio(row[key]) });
  return [
    {
      key: 'layer',
      title: 'Layer',
      cell: ({ name, layer }) =>
        layer === null ? (
          name
        ) : (
          <button type="button" className="layer-table__layer" onClick={() => onSelectLayer(layer)}>
            {name}
          </button>
        ),
    },
    figure('beforeMean', 'Without a plan', definitions.planImbalance),
    figure('afterMean', 'With the plan', definitions.planImbalance),
    figure('rankTokensMean', 'Tokens/rank', definitions.rankTokensMean),
    figure('beforeStd', 'std without', definitions.rankTokensStd),
    figure('afterStd', 'std with', definitions.rankTokensStd),
    figure('beforeOfSums', 'of sums without', definitions.rankImbalanceOfSums),
    figure('afterOfSums', 'of sums with', definitions.rankImbalanceOfSums),
    {
      key: 'moves',
      title: 'Moves',
      definition: definitions.moves,
      numeric: true,
      cell: ({ moves }) => formatCount(moves),
    },
  ];
}
