// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from 'react';
import type { Source } from '#shared/contract/app.ts';
import type { ExpertHeatmap, LayerMetrics } from '#shared/contract/experts.ts';
import { formatDurationNs, formatPercent, formatRatio } from '#shared/base/units.ts';
import { Figure } from '#renderer/widgets/Figure.tsx';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { NumberField } from '#renderer/widgets/NumberField.tsx';
import { Table, type Column } from '#renderer/widgets/Table.tsx';
import { definitions } from '../model/definitions.ts';
import { gainBand, readShare, type GainBand } from '../model/gain.ts';
import { criticalShare, layerTimes, measuredEstimate, type MeasuredEstimate } from '../model/layer-times.ts';
import { agreementText, useMeasuredGain, type MeasuredGain } from '../model/measured-gain.ts';
import type { TableFile } from '../model/table-file.ts';
import { valueOf } from '../model/use-answer.ts';
import type { ExpertQuestion } from '../model/use-experts.ts';
import { usePerfectLeft } from '../model/use-perfect-left.ts';
import { useExpertTimes, type ExpertTime } from '../model/use-expert-times.ts';
import { LayerTimes, RankTimes } from './ExpertTimes.tsx';
import { GainByLayer, GainRanges, TimeMap } from './GainCharts.tsx';
import { TablePanel } from './TablePanel.tsx';

interface GainProps {
  readonly question: ExpertQuestion;
  /** Layers and ranks of the statistics. */
  readonly layers: readonly number[];
  readonly recordedRanks: number;
  readonly metrics: readonly LayerMetrics[];
  readonly heatmap: ExpertHeatmap | undefined;
  /** Traces of the same run; none where the statistics came alone. */
  readonly traces: readonly Source[];
  readonly runId: string | undefined;
  readonly onSelectLayer: (layer: number) => void;
}

const NO_TIMES: readonly ExpertTime[] = [];

/** What imbalance costs: an estimate, as a band, from the share of the iteration that experts compute. */
export function Gain(props: GainProps) {
  const { question, layers, recordedRanks, metrics, heatmap, traces, runId, onSelectLayer } = props;
  const answer = useExpertTimes(traces, layers, question.window);
  const times = valueOf(answer) ?? NO_TIMES;
  const byLayer = useMemo(() => layerTimes(times), [times]);
  const estimate = useMemo(() => measuredEstimate(times, recordedRanks), [times, recordedRanks]);
  const measured = criticalShare(times, estimate);
  const [typed, setTyped] = useState('');
  const share = typed.trim() === '' ? measured : readShare(typed);
  const band = useMemo(() => (share === null ? null : gainBand(metrics, share)), [metrics, share]);
  const comparison = valueOf(useMeasuredGain(runId)) ?? null;
  const { layer } = question;
  return (
    <div className="expert-page">
      <div className="gain__head">
        <GainFigure band={band} />
        <EstimateFigure estimate={estimate} ranks={times.length} />
        <MeasuredFigure measured={comparison} band={band} />
        <LeftFigure question={question} />
        <ShareField typed={typed} measured={measured} isWrong={share === null} onChange={setTyped} />
        <p className="gain__why">
          An estimate, not a measurement: it takes computing for what makes ranks wait. Small decode batches
          cost by the experts whose weights are read, so the band reaches from that to the cost by tokens;
          perfect routing may even be slower. Measure it by comparing passes with and without the perfect
          router.
        </p>
      </div>
      {answer.state === 'failed' && <Notice severity="error">{answer.failure.message}</Notice>}
      <div className="expert-page__scroll" tabIndex={0} role="region" aria-label="Time and gain">
        {share !== null && (
          <div className="plan-charts plan-charts--fitting">
            <GainRanges band={band} estimate={estimate} effect={comparison?.effect ?? null} />
            <GainByLayer metrics={metrics} share={share} layer={layer} onSelectLayer={onSelectLayer} />
            {byLayer.length > 0 && <TimeMap layers={byLayer} layer={layer} onSelectLayer={onSelectLayer} />}
          </div>
        )}
        <RankTimes times={times} isAsking={answer.state === 'asking'} heatmap={heatmap} question={question} />
        {byLayer.length > 0 && (
          <LayerTimes layers={byLayer} metrics={metrics} onSelectLayer={onSelectLayer} />
        )}
        <LayerGains metrics={metrics} share={share} ranks={question.ranks} />
      </div>
    </div>
  );
}

interface ShareFieldProps {
  readonly typed: string;
  readonly measured: number | null;
  readonly isWrong: boolean;
  readonly onChange: (typed: string) => void;
}

function ShareField({ typed, measured, isWrong, onChange }: ShareFieldProps) {
  return (
    <NumberField
      label="Expert computing, share of an iteration"
      help={definitions.expertShare}
      value={typed}
      min={0}
      max={100}
      whole={false}
      unit="%"
      placeholder={measured === null ? 'type it' : `measured ${(measured * 100).toFixed(1)}`}
      messages={
        typed.trim() !== '' && isWrong
          ? [{ severity: 'error', text: 'Type a number between 0 and 100.' }]
          : []
      }
      onChange={onChange}
    />
  );
}

interface LayerGainsProps {
  readonly metrics: readonly LayerMetrics[];
  readonly share: number | null;
  readonly ranks: number;
}

function LayerGains({ metrics, share, ranks }: LayerGainsProps) {
  return (
    <TablePanel
      title="Gain by layer"
      note={`Experts in contiguous blocks on ${ranks} ranks.`}
      of="figures"
      name="gain"
      table={() => gainTable(metrics, share)}
    >
      <Table
        label="Gain by layer"
        columns={layerColumnsOf(metrics, share)}
        rows={metrics}
        rowKey={({ layer }) => layer.toString()}
      />
    </TablePanel>
  );
}

interface EstimateFigureProps {
  readonly estimate: MeasuredEstimate | null;
  readonly ranks: number;
}

/** The same from what was measured, where the traces of all ranks tell layers. */
function EstimateFigure({ estimate, ranks }: EstimateFigureProps) {
  return (
    <Figure
      label="Estimated by measured times"
      value={estimate === null ? 'cannot answer' : formatPercent(estimate.gain)}
      definition={definitions.measuredEstimate}
      note={
        estimate === null
          ? 'needs traces of all ranks, at least two, that tell layers'
          : `${formatDurationNs(estimate.savedNs)} of ${formatDurationNs(estimate.iterationNs)}, ${ranks} ranks traced`
      }
    />
  );
}

const percent = (value: number | null): string => (value === null ? 'cannot answer' : formatPercent(value));

function bandText({ byTokens, byActive }: GainBand): string {
  if (byTokens === null || byActive === null) return 'cannot answer';
  const [low, high] = byTokens < byActive ? [byTokens, byActive] : [byActive, byTokens];
  return `${(low * 100).toFixed(1)} to ${formatPercent(high)}`;
}

function GainFigure({ band }: { readonly band: GainBand | null }) {
  return (
    <Figure
      size="main"
      label="Estimated gain from balance"
      value={band === null ? 'cannot answer' : bandText(band)}
      definition={definitions.gain}
      note={
        band === null
          ? 'needs a trace of the run, or a typed share'
          : `by active experts ${percent(band.byActive)}, by tokens ${percent(band.byTokens)}`
      }
    />
  );
}

/** What balance gains is not all that the perfect router can show: early eras leave imbalance themselves. */
function LeftFigure({ question }: { readonly question: ExpertQuestion }) {
  const left = valueOf(usePerfectLeft(question)) ?? null;
  const early = left?.early.rankImbalanceMean ?? null;
  const late = left?.late.rankImbalanceMean ?? null;
  const tokens = left?.early.tokensPerRank ?? null;
  return (
    <Figure
      label="Perfect routing of era e1 leaves"
      value={early === null ? 'cannot answer' : formatRatio(early)}
      definition={definitions.perfectImbalance}
      note={
        early === null || late === null || tokens === null
          ? 'the experts per token are not known'
          : `imbalance over ranks with ${formatRatio(tokens)} tokens a rank, layer ${question.layer}; e2 and e3 ${formatRatio(late)}`
      }
    />
  );
}

function gainTable(metrics: readonly LayerMetrics[], share: number | null): TableFile {
  return {
    columns: ['layer', 'gainByTokens', 'gainByActiveExperts', 'activeExpertsPerRank'],
    rows: metrics.map((layer) => {
      const band = share === null ? null : gainBand(metrics, share, [layer]);
      return [layer.layer, band?.byTokens ?? null, band?.byActive ?? null, layer.activeExpertsPerRank];
    }),
  };
}

interface MeasuredFigureProps {
  readonly measured: MeasuredGain | null;
  readonly band: GainBand | null;
}

function MeasuredFigure({ measured, band }: MeasuredFigureProps) {
  const effect = measured?.effect ?? null;
  const none =
    measured === null
      ? 'no finished comparison of this recipe with the perfect router'
      : 'the comparison has too few complete blocks';
  return (
    <Figure
      label="Measured with the perfect router"
      value={effect === null ? 'cannot answer' : formatPercent(effect.ratio)}
      definition={definitions.measuredGain}
      note={
        effect === null
          ? none
          : `${formatPercent(effect.low)} to ${formatPercent(effect.high)}, ${measured?.title ?? ''}. ${agreementText(band, effect)}`
      }
    />
  );
}

function layerColumnsOf(
  metrics: readonly LayerMetrics[],
  share: number | null,
): readonly Column<LayerMetrics>[] {
  const of = (layer: LayerMetrics): GainBand =>
    share === null ? { byTokens: null, byActive: null } : gainBand(metrics, share, [layer]);
  return [
    { key: 'layer', title: 'Layer', cell: ({ layer }) => `Layer ${layer}` },
    {
      key: 'tokens',
      title: 'Gain by tokens',
      definition: definitions.gain,
      numeric: true,
      cell: (layer) => percent(of(layer).byTokens),
    },
    {
      key: 'active',
      title: 'by active experts',
      definition: definitions.gain,
      numeric: true,
      cell: (layer) => percent(of(layer).byActive),
    },
    {
      key: 'perRank',
      title: 'Active experts per rank',
      definition: definitions.activeExpertsPerRank,
      numeric: true,
      cell: ({ activeExpertsPerRank }) =>
        activeExpertsPerRank === null ? 'cannot answer' : activeExpertsPerRank.toFixed(1),
    },
  ];
}
