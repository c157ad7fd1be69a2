// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from 'react';
import type { ExpertHeatmap, ExpertSummary } from '#shared/contract/experts.ts';
import { formatCount, formatPercent, formatRatio } from '#shared/base/units.ts';
import { ExpertBarsChart, ExpertHeatmapChart } from '#renderer/charts/index.tsx';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { defaultRanks, expertBars, type BarOrder } from '../model/bars.ts';
import { useExpertAnswers, type Answer } from '../model/use-experts.ts';
import { Controls } from './Controls.tsx';
import { LayerFigures } from './LayerFigures.tsx';
import { LayerList } from './LayerList.tsx';
import { RankLoads } from './RankLoads.tsx';

interface StatisticsProps {
  readonly sourceId: string;
  readonly summary: ExpertSummary;
}

/** One folder of statistics: layers on the left, the chosen layer's load, and all layers as a heat map. */
export function Statistics({ sourceId, summary }: StatisticsProps) {
  const bounds = {
    first: summary.iterationStart,
    last: summary.iterationEnd - 1,
  };
  const [layer, setLayer] = useState(summary.layers[0] ?? 0);
  const [window, setWindow] = useState(bounds);
  const [ranks, setRanks] = useState(() => defaultRanks(summary.ranks, summary.experts));
  const [order, setOrder] = useState<BarOrder>('id');
  const answers = useExpertAnswers({ sourceId, window, layer, ranks });
  const metrics = valueOf(answers.metrics) ?? [];
  const controls = {
    summary,
    bounds,
    ranks,
    order,
    onWindow: setWindow,
    onRanks: setRanks,
    onOrder: setOrder,
  };
  return (
    <div className="expert-statistics">
      <div className="expert-head">
        <LayerFigures
          metrics={metrics.find((of) => of.layer === layer)}
          experts={summary.experts}
          ranks={ranks}
        />
        <Controls {...controls} />
        <Problems answers={Object.values(answers)} />
      </div>
      <div className="expert-body">
        <LayerList layers={summary.layers} metrics={metrics} selected={layer} onSelect={setLayer} />
        <LayerPanel
          layer={layer}
          ranks={ranks}
          order={order}
          counts={valueOf(answers.histogram)?.counts}
          loads={valueOf(answers.rankLoads)}
        />
        <HeatmapPanel heatmap={valueOf(answers.heatmap)} layer={layer} onSelectLayer={setLayer} />
      </div>
    </div>
  );
}

function valueOf<T>(answer: Answer<T>): T | undefined {
  return answer.state === 'answered' ? answer.value : undefined;
}

function Problems({ answers }: { readonly answers: readonly Answer<unknown>[] }) {
  const messages = new Set(
    answers.flatMap((answer) => (answer.state === 'failed' ? [answer.failure.message] : [])),
  );
  return [...messages].map((message) => (
    <Notice key={message} severity="error">
      {message}
    </Notice>
  ));
}

interface LayerPanelProps {
  readonly layer: number;
  readonly ranks: number;
  readonly order: BarOrder;
  readonly counts: readonly number[] | undefined;
  readonly loads: readonly number[] | null | undefined;
}

function LayerPanel({ layer, ranks, order, counts, loads }: LayerPanelProps) {
  const data = useMemo(() => expertBars(counts ?? [], ranks, order), [counts, ranks, order]);
  const hottest = data.bars.reduce((found, bar) => (bar.tokens > found.tokens ? bar : found), {
    expert: 0,
    tokens: 0,
    rank: 0,
  });
  const share = data.total === 0 ? 'no tokens: cannot answer' : formatPercent(hottest.tokens / data.total);
  const text =
    data.total === 0
      ? share
      : `hottest expert ${hottest.expert}: ${formatCount(hottest.tokens)} tokens, ${share}, ${formatRatio(
          (hottest.tokens * data.bars.length) / data.total,
        )} times the mean`;
  return (
    <section className="expert-panel" aria-label={`Load of layer ${layer}`}>
      <h2 className="expert-panel__title">
        Tokens per expert, layer {layer} · {text}
      </h2>
      <div className="expert-panel__chart">
        <ExpertBarsChart label={`Tokens per expert of layer ${layer}; ${text}`} data={data} />
      </div>
      <RankLoads loads={loads} />
    </section>
  );
}

interface HeatmapPanelProps {
  readonly heatmap: ExpertHeatmap | undefined;
  readonly layer: number;
  readonly onSelectLayer: (layer: number) => void;
}

function HeatmapPanel({ heatmap, layer, onSelectLayer }: HeatmapPanelProps) {
  const data = useMemo(
    () => (heatmap === undefined ? undefined : { ...heatmap, selected: heatmap.layers.indexOf(layer) }),
    [heatmap, layer],
  );
  return (
    <section className="expert-panel" aria-label="All layers">
      <h2 className="expert-panel__title">Layer × expert, tokens over the layer’s mean</h2>
      <div className="expert-panel__chart">
        {data !== undefined && (
          <ExpertHeatmapChart
            label={`Load of ${data.experts} experts in ${data.layers.length} layers, each over its layer’s mean`}
            data={data}
            onSelectLayer={onSelectLayer}
          />
        )}
      </div>
    </section>
  );
}
