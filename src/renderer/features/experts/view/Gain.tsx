// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import type { Source } from '#shared/contract/app.ts';
import type { ExpertHeatmap, LayerMetrics } from '#shared/contract/experts.ts';
import { formatCount, formatDurationNs, formatPercent, formatRatio } from '#shared/base/units.ts';
import { Figure } from '#renderer/widgets/Figure.tsx';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { NumberField } from '#renderer/widgets/NumberField.tsx';
import { Table, type Column } from '#renderer/widgets/Table.tsx';
import { definitions } from '../model/definitions.ts';
import { gainBand, readShare, type GainBand } from '../model/gain.ts';
import { tokensOfRanks } from '../model/heatmaps.ts';
import { agreementText, useMeasuredGain, type MeasuredGain } from '../model/measured-gain.ts';
import type { TableFile } from '../model/table-file.ts';
import { valueOf } from '../model/use-answer.ts';
import type { ExpertQuestion } from '../model/use-experts.ts';
import { usePerfectLeft } from '../model/use-perfect-left.ts';
import { measuredShare, useExpertTimes, type ExpertTime } from '../model/use-expert-times.ts';
import { SaveMenu } from './SaveMenu.tsx';

interface GainProps {
  readonly question: ExpertQuestion;
  readonly metrics: readonly LayerMetrics[];
  readonly heatmap: ExpertHeatmap | undefined;
  /** Traces of the same run; none where the statistics came alone. */
  readonly traces: readonly Source[];
  readonly runId: string | undefined;
}

/** What imbalance costs: an estimate, as a band, from the share of the iteration that experts compute. */
export function Gain({ question, metrics, heatmap, traces, runId }: GainProps) {
  const { ranks, window } = question;
  const answer = useExpertTimes(traces, window);
  const times = valueOf(answer) ?? [];
  const measured = measuredShare(times);
  const [typed, setTyped] = useState('');
  const share = typed.trim() === '' ? measured : readShare(typed);
  const band = share === null ? null : gainBand(metrics, share);
  const comparison = valueOf(useMeasuredGain(runId));
  return (
    <div className="expert-page">
      <div className="gain__head">
        <GainFigure band={band} />
        <MeasuredFigure measured={comparison ?? null} band={band} />
        <LeftFigure question={question} />
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
            typed.trim() !== '' && share === null
              ? [{ severity: 'error', text: 'Type a number between 0 and 100.' }]
              : []
          }
          onChange={setTyped}
        />
        <p className="gain__why">
          An estimate, not a measurement: it takes computing for what makes ranks wait. Small decode batches
          cost by the experts whose weights are read, so the band reaches from that to the cost by tokens;
          perfect routing may even be slower. Measure it by comparing passes with and without the perfect
          router.
        </p>
        <SaveMenu of="figures" name="gain" table={() => gainTable(metrics, share)} />
      </div>
      {answer.state === 'failed' && <Notice severity="error">{answer.failure.message}</Notice>}
      <div className="expert-page__scroll" tabIndex={0} role="region" aria-label="Time and gain">
        <Table
          label="Expert time by rank"
          columns={timeColumnsOf(tokensBeside(times, heatmap, question))}
          rows={times}
          rowKey={({ name, rank }) => `${name} ${rank ?? ''}`}
          empty={
            answer.state === 'asking'
              ? 'Reading the traces…'
              : 'No trace of this run is here: time beside tokens cannot be told.'
          }
        />
        <Table
          label="Gain by layer"
          columns={layerColumnsOf(metrics, share)}
          rows={metrics}
          rowKey={({ layer }) => layer.toString()}
        />
        <p className="expert-panel__note">Experts in contiguous blocks on {ranks} ranks.</p>
      </div>
    </div>
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

type TokensOf = (time: ExpertTime) => number | null;

/** Tokens of the ranks whose traces these are; none are guessed where the two do not tell of the same. */
function tokensBeside(
  times: readonly ExpertTime[],
  heatmap: ExpertHeatmap | undefined,
  { ranks, window }: ExpertQuestion,
): TokensOf {
  const numbers = new Set(times.map(({ rank }) => rank));
  const isEvery = numbers.size === ranks && times.every(({ rank }) => rank !== null && rank < ranks);
  if (heatmap === undefined || !isEvery) return () => null;
  const tokens = tokensOfRanks(heatmap, ranks);
  const length = window.last - window.first + 1;
  return ({ rank, iterations }) => (iterations === length ? (tokens[rank ?? 0] ?? null) : null);
}

const timeColumnsOf = (tokensOf: TokensOf): readonly Column<ExpertTime>[] => [
  { key: 'rank', title: 'Rank', cell: ({ rank, name }) => (rank === null ? name : `Rank ${rank}`) },
  {
    key: 'iterations',
    title: 'Iterations',
    numeric: true,
    cell: ({ iterations }) => formatCount(iterations),
  },
  {
    key: 'expert',
    title: 'Expert computing',
    definition: definitions.expertTime,
    numeric: true,
    cell: ({ expertNs }) => (expertNs === null ? 'cannot answer' : formatDurationNs(expertNs)),
  },
  {
    key: 'total',
    title: 'Iterations’ time',
    numeric: true,
    cell: ({ totalNs }) => formatDurationNs(totalNs),
  },
  {
    key: 'tokens',
    title: 'Tokens',
    definition: definitions.rankTokens,
    numeric: true,
    cell: (time) => {
      const tokens = tokensOf(time);
      return tokens === null ? 'cannot answer' : formatCount(tokens);
    },
  },
  {
    key: 'perTokens',
    title: 'Per 1,000 tokens',
    definition: definitions.timePerTokens,
    numeric: true,
    cell: (time) => {
      const tokens = tokensOf(time);
      return tokens === null || tokens === 0 || time.expertNs === null
        ? 'cannot answer'
        : formatDurationNs((time.expertNs * 1000) / tokens);
    },
  },
  {
    key: 'share',
    title: 'Share',
    numeric: true,
    cell: ({ expertNs, totalNs }) => percent(expertNs === null || totalNs === 0 ? null : expertNs / totalNs),
  },
];

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
