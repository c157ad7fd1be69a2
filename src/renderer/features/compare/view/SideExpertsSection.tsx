// SPDX-License-Identifier: Apache-2.0
import { formatRatio } from '#shared/base/units.ts';
import type { LayerMetrics } from '#shared/contract/experts.ts';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { ProgressBar } from '#renderer/widgets/ProgressBar.tsx';
import { Table, type Column } from '#renderer/widgets/Table.tsx';
import { layerPairs, type LayerPair, type SideExperts } from '../model/two-runs.ts';
import { useSideExperts, type Reading } from '../model/use-two-runs.ts';

const metrics = [
  {
    key: 'rank',
    title: 'imb. ranks',
    definition: 'Imbalance ratio over ranks, max / mean − 1: mean over iterations; 0 is even.',
    of: (layer: LayerMetrics) => layer.rankImbalanceMean,
  },
  {
    key: 'expert',
    title: 'imb. experts',
    definition: 'Imbalance ratio over experts, max / mean − 1: mean over iterations; 0 is even.',
    of: (layer: LayerMetrics) => layer.expertImbalanceMean,
  },
  {
    key: 'active',
    title: 'active',
    definition: 'Experts with tokens.',
    of: (layer: LayerMetrics) => layer.activeExperts,
  },
] as const;

const columns: readonly Column<LayerPair>[] = [
  { key: 'layer', title: 'Layer', cell: ({ layer }) => layer.toString() },
  ...metrics.flatMap(({ key, title, definition, of }) =>
    (['a', 'b'] as const).map((side) => ({
      key: `${key}-${side}`,
      title: `${side.toUpperCase()} ${title}`,
      definition,
      numeric: true,
      cell: (pair: LayerPair) => {
        const layer = pair[side];
        const value = layer === null ? null : of(layer);
        return value === null ? '–' : formatRatio(value);
      },
    })),
  ),
];

interface SideExpertsProps {
  /** Ids of the runs. */
  readonly a: string;
  readonly b: string;
}

/** Expert load of both runs, layer by layer, each over all iterations that it recorded. */
export function SideExpertsSection({ a, b }: SideExpertsProps) {
  const [readA, readB] = [useSideExperts(a), useSideExperts(b)];
  return (
    <section aria-labelledby="side-experts">
      <h2 id="side-experts">Expert load</h2>
      <Load a={readA} b={readB} />
    </section>
  );
}

interface LoadProps {
  readonly a: Reading<SideExperts | null>;
  readonly b: Reading<SideExperts | null>;
}

function Load({ a, b }: LoadProps) {
  if (a.state === 'reading' || b.state === 'reading')
    return <ProgressBar label="Reading expert statistics" />;
  const failed = [a, b].flatMap((side) => (side.state === 'failed' ? [side.message] : []));
  const [valueA, valueB] = [a, b].map((side) => (side.state === 'read' ? side.value : null));
  const pairs = layerPairs(valueA ?? null, valueB ?? null);
  return (
    <>
      {failed.map((message) => (
        <Notice key={message} severity="error">
          {message}
        </Notice>
      ))}
      {pairs.length === 0 ? (
        failed.length === 0 && (
          <p className="compare__quiet">
            Neither run recorded expert statistics. Run them with an iteration window and “Expert statistics”
            switched on.
          </p>
        )
      ) : (
        <>
          <p className="compare__quiet">
            {extentText('A', valueA ?? null)} {extentText('B', valueB ?? null)}
          </p>
          <Table
            label="Expert load of both runs"
            rows={pairs}
            rowKey={({ layer }) => layer.toString()}
            columns={columns}
          />
        </>
      )}
    </>
  );
}

function extentText(letter: string, side: SideExperts | null): string {
  if (side === null) return `${letter} has no expert statistics.`;
  const ranks = side.ranks === 1 ? '1 rank' : `${side.ranks} ranks`;
  return `${letter}: iterations ${side.first} to ${side.last}, ${ranks}.`;
}
