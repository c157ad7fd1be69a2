// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'react';
import { formatCount, formatPercent, formatRatio } from '#shared/base/units.ts';
import { ExpertBarsChart, expertBarsPicture, LinesChart, linesPicture } from '#renderer/charts/index.tsx';
import { Button } from '#renderer/widgets/Button.tsx';
import { Segmented } from '#renderer/widgets/Segmented.tsx';
import { deadExperts, expertBars, hottestExperts, lorenzCurve, type BarOrder } from '../model/bars.ts';
import { saveFile } from '../model/save.ts';
import { RankLoads } from './RankLoads.tsx';

const ORDERS = [
  { value: 'id', label: 'By id' },
  { value: 'load', label: 'By load' },
  { value: 'lorenz', label: 'Lorenz curve' },
] as const;
const MOST_NAMED = 32;

interface LayerPanelProps {
  readonly layer: number;
  readonly ranks: number;
  readonly order: BarOrder;
  readonly onOrder: (order: BarOrder) => void;
  readonly counts: readonly number[] | undefined;
  readonly loads: readonly number[] | null | undefined;
}

function summaryOf(counts: readonly number[]): string {
  const total = counts.reduce((sum, tokens) => sum + tokens, 0);
  const [hottest] = hottestExperts(counts);
  if (total === 0 || hottest === undefined) return 'no tokens: cannot answer';
  const tokens = counts[hottest] ?? 0;
  const times = formatRatio((tokens * counts.length) / total);
  return `hottest expert ${hottest}: ${formatCount(tokens)} tokens, ${formatPercent(tokens / total)}, ${times} times the mean`;
}

/** One layer: its experts, who is hot and who gets nothing, and its ranks. */
export function LayerPanel({ layer, ranks, order, onOrder, counts = [], loads }: LayerPanelProps) {
  const text = useMemo(() => summaryOf(counts), [counts]);
  return (
    <section className="expert-panel" aria-label={`Load of layer ${layer}`}>
      <div className="expert-panel__title expert-panel__title--controls">
        <h2>Tokens per expert, layer {layer}</h2>
        <Segmented label="Order of experts" value={order} segments={ORDERS} onChange={onOrder} />
      </div>
      <div className="expert-panel__bar">
        <p className="expert-panel__note">{text}</p>
        {(['svg', 'png'] as const).map((format) => (
          <Button
            key={format}
            variant="quiet"
            onClick={() => {
              const content =
                order === 'lorenz'
                  ? linesPicture(lorenzData(counts), format)
                  : expertBarsPicture(expertBars(counts, ranks, order), format);
              void saveFile({ name: `layer-${layer}`, format, content });
            }}
          >
            Save as {format.toUpperCase()}
          </Button>
        ))}
      </div>
      <div className="expert-panel__chart">
        {order === 'lorenz' ? (
          <Lorenz counts={counts} layer={layer} />
        ) : (
          <Bars counts={counts} layer={layer} ranks={ranks} order={order} text={text} />
        )}
      </div>
      <HotAndDead counts={counts} />
      <RankLoads loads={loads} />
    </section>
  );
}

interface BarsProps {
  readonly counts: readonly number[];
  readonly layer: number;
  readonly ranks: number;
  readonly order: BarOrder;
  readonly text: string;
}

function Bars({ counts, layer, ranks, order, text }: BarsProps) {
  const data = useMemo(() => expertBars(counts, ranks, order), [counts, ranks, order]);
  return <ExpertBarsChart label={`Tokens per expert of layer ${layer}; ${text}`} data={data} />;
}

function lorenzData(counts: readonly number[]) {
  const shares = lorenzCurve(counts);
  const even = shares.map((_, at) => at / Math.max(shares.length - 1, 1));
  return {
    xs: shares.map((_, at) => at),
    xName: 'experts, least loaded first',
    yName: 'share of tokens',
    yMax: 1,
    series: [
      { name: 'load', as: 'line' as const, values: shares },
      { name: 'perfectly even', as: 'line' as const, values: even },
    ],
  };
}

function Lorenz({ counts, layer }: { readonly counts: readonly number[]; readonly layer: number }) {
  const data = useMemo(() => lorenzData(counts), [counts]);
  const label = `Lorenz curve of layer ${layer}: tokens of the least loaded experts together`;
  return <LinesChart label={label} data={data} />;
}

function HotAndDead({ counts }: { readonly counts: readonly number[] }) {
  const hot = hottestExperts(counts);
  const dead = deadExperts(counts);
  if (hot.length === 0) return null;
  const named = (experts: readonly number[]): string =>
    `${experts.slice(0, MOST_NAMED).join(', ')}${experts.length > MOST_NAMED ? `, and ${experts.length - MOST_NAMED} more` : ''}`;
  return (
    <p className="expert-panel__note">
      Hot: {named(hot)}. Active: {formatCount(counts.length - dead.length)} of {formatCount(counts.length)}.
      Dead: {dead.length === 0 ? 'none' : named(dead)}.
    </p>
  );
}
