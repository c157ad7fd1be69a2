// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from 'react';
import type { Source } from '#shared/contract/app.ts';
import type { ExpertLayerPlan } from '#shared/contract/experts.ts';
import { formatCount, formatPercent, formatRatio } from '#shared/base/units.ts';
import type { ExpertBars } from '#renderer/charts/expert-options.ts';
import { ExpertBarsChart, expertBarsPicture, LinesChart, linesPicture } from '#renderer/charts/index.tsx';
import { Menu } from '#renderer/widgets/Menu.tsx';
import { Segmented } from '#renderer/widgets/Segmented.tsx';
import { deadExperts, expertBars, hottestExperts, lorenzCurve, type BarOrder } from '../model/bars.ts';
import { ranksOfExperts } from '../model/placed.ts';
import { linesTable, type TableFile } from '../model/table-file.ts';
import { valueOf } from '../model/use-answer.ts';
import type { ExpertQuestion } from '../model/use-experts.ts';
import {
  referenceChoices,
  useReference,
  type Reference,
  type ReferenceLoad,
} from '../model/use-reference.ts';
import { RankLoads } from './RankLoads.tsx';
import { SaveMenu } from './SaveMenu.tsx';

const ORDERS = [
  { value: 'id', label: 'By id' },
  { value: 'load', label: 'By load' },
  { value: 'lorenz', label: 'Lorenz curve' },
] as const;
const MOST_NAMED = 32;

interface LayerPanelProps {
  readonly question: ExpertQuestion;
  readonly counts: readonly number[] | undefined;
  readonly loads: readonly number[] | null | undefined;
  /** The layer in a plan, whose ranks are shown instead of contiguous blocks. */
  readonly plan: ExpertLayerPlan | undefined;
  /** Other statistics that are open together with these. */
  readonly others: readonly Source[];
}

function summaryOf(counts: readonly number[]): string {
  const total = counts.reduce((sum, tokens) => sum + tokens, 0);
  const [hottest] = hottestExperts(counts);
  if (total === 0 || hottest === undefined) return 'no tokens: cannot answer';
  const tokens = counts[hottest] ?? 0;
  const times = formatRatio((tokens * counts.length) / total);
  return `hottest expert ${hottest}: ${formatCount(tokens)} tokens, ${formatPercent(tokens / total)}, ${times} times the mean`;
}

const NO_COUNTS: readonly number[] = [];

/** One layer: its experts, over perfect ones if asked, who is hot and who gets nothing, and its ranks. */
export function LayerPanel({ question, counts = NO_COUNTS, loads, plan, others }: LayerPanelProps) {
  const { layer, ranks } = question;
  const [order, setOrder] = useState<BarOrder>('id');
  const [reference, setReference] = useState<Reference>('none');
  const held = valueOf(useReference(question, counts.length, reference, others)) ?? null;
  const over = held !== null && reference !== 'none' && held.problem === null ? held : undefined;
  const note = reference === 'none' ? null : (held?.problem ?? null);
  const text = useMemo(() => summaryOf(counts), [counts]);
  const bars = useMemo(() => {
    const holders = plan === undefined ? undefined : ranksOfExperts(plan, counts.length);
    return expertBars(counts, ranks, order, over, holders);
  }, [counts, ranks, order, over, plan]);
  const lorenz = useMemo(() => lorenzData(counts, over), [counts, over]);
  const isLorenz = order === 'lorenz';
  return (
    <section className="expert-panel" aria-label={`Load of layer ${layer}`}>
      <div className="expert-panel__title expert-panel__title--controls">
        <h2>Tokens per expert, layer {layer}</h2>
        <Segmented label="Order of experts" value={order} segments={ORDERS} onChange={setOrder} />
      </div>
      <div className="expert-panel__bar">
        <p className="expert-panel__note">{text}</p>
        <Menu
          label="Hold against"
          icon="compare"
          items={referenceChoices(others).map(({ value, label }) => ({
            label,
            checked: value === reference,
            onChange: () => setReference(value),
          }))}
        />
        <SaveMenu
          of="chart"
          name={`layer-${layer}`}
          table={() => (isLorenz ? linesTable(lorenz) : barsTable(bars))}
          picture={(format) => (isLorenz ? linesPicture(lorenz, format) : expertBarsPicture(bars, format))}
        />
      </div>
      <div className="layer-panel__body">
        <div className="layer-panel__experts">
          <div className="expert-panel__chart">
            {isLorenz ? (
              <LinesChart
                label={`Lorenz curve of layer ${layer}: tokens of the least loaded experts together`}
                data={lorenz}
              />
            ) : (
              <ExpertBarsChart label={`Tokens per expert of layer ${layer}; ${text}`} data={bars} />
            )}
          </div>
          {note !== null && <p className="expert-panel__note">{note}</p>}
          <HotAndDead counts={counts} />
        </div>
        <RankLoads loads={plan === undefined ? loads : [...plan.afterLoads]} name={`layer-${layer}-ranks`} />
      </div>
    </section>
  );
}

/** Experts as they are drawn; shares of the layer. */
function barsTable({ bars, total, over }: ExpertBars): TableFile {
  return {
    columns: ['expert', 'rank', 'tokens', 'share', ...(over === undefined ? [] : [over.name])],
    rows: bars.map(({ expert, rank, replicas = [rank], tokens }, at) => [
      expert,
      replicas.join(' '),
      tokens,
      total === 0 ? null : tokens / total,
      ...(over === undefined ? [] : [over.tokens[at] ?? null]),
    ]),
  };
}

function lorenzData(counts: readonly number[], over: ReferenceLoad | undefined) {
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
      ...(over === undefined
        ? []
        : [{ name: over.name, as: 'line' as const, values: lorenzCurve(over.counts) }]),
    ],
  };
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
