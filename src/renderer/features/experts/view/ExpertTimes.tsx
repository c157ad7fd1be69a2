// SPDX-License-Identifier: Apache-2.0
import type { ExpertHeatmap, LayerMetrics } from '#shared/contract/experts.ts';
import { formatCount, formatDurationNs, formatPercent, formatRatio } from '#shared/base/units.ts';
import { Table, type Column } from '#renderer/widgets/Table.tsx';
import { definitions } from '../model/definitions.ts';
import { tokensOfRanks } from '../model/heatmaps.ts';
import { rankName, sourceText, type LayerTime } from '../model/layer-times.ts';
import type { TableFile } from '../model/table-file.ts';
import type { ExpertQuestion } from '../model/use-experts.ts';
import type { ExpertTime } from '../model/use-expert-times.ts';
import { TablePanel } from './TablePanel.tsx';

const UNANSWERED = 'cannot answer';
const duration = (ns: number | null): string => (ns === null ? UNANSWERED : formatDurationNs(ns));
const ratio = (value: number | null): string => (value === null ? UNANSWERED : formatRatio(value));

interface ExpertTimesProps {
  readonly times: readonly ExpertTime[];
  /** Whether the traces are still being read. */
  readonly isAsking: boolean;
  readonly heatmap: ExpertHeatmap | undefined;
  readonly question: ExpertQuestion;
}

/** Time beside tokens, by rank: a slow device is not a hot expert. */
export function RankTimes({ times, isAsking, heatmap, question }: ExpertTimesProps) {
  const rows = rankRows(times, tokensBeside(times, heatmap, question));
  return (
    <TablePanel
      title="Time beside tokens, by rank"
      note={isAsking ? 'Reading the traces…' : sourceText(times)}
      of="expert time"
      name="expert-time-ranks"
      table={() => rankTable(rows)}
    >
      {rows.length > 0 && (
        <Table label="Expert time by rank" columns={rankColumns} rows={rows} rowKey={({ name }) => name} />
      )}
    </TablePanel>
  );
}

interface RankRow {
  readonly name: string;
  readonly iterations: number;
  readonly expertNs: number | null;
  readonly totalNs: number;
  readonly tokens: number | null;
  readonly perThousandNs: number | null;
  readonly share: number | null;
}

function rankRows(times: readonly ExpertTime[], tokensOf: TokensOf): readonly RankRow[] {
  return times.map((time) => {
    const { iterations, expertNs, totalNs } = time;
    const tokens = tokensOf(time);
    const known = tokens !== null && tokens > 0 && expertNs !== null;
    return {
      name: rankName(time),
      iterations,
      expertNs,
      totalNs,
      tokens,
      perThousandNs: known ? (expertNs * 1000) / tokens : null,
      share: expertNs === null || totalNs === 0 ? null : expertNs / totalNs,
    };
  });
}

function rankTable(rows: readonly RankRow[]): TableFile {
  return {
    columns: ['rank', 'iterations', 'expertNs', 'iterationsNs', 'tokens', 'nsPer1000Tokens', 'share'],
    rows: rows.map((row) => [
      row.name,
      row.iterations,
      row.expertNs,
      row.totalNs,
      row.tokens,
      row.perThousandNs,
      row.share,
    ]),
  };
}

const rankColumns: readonly Column<RankRow>[] = [
  { key: 'rank', title: 'Rank', cell: ({ name }) => name },
  { key: 'iterations', title: 'Iterations', numeric: true, cell: (row) => formatCount(row.iterations) },
  {
    key: 'expert',
    title: 'Expert computing',
    definition: definitions.expertTime,
    numeric: true,
    cell: (row) => duration(row.expertNs),
  },
  { key: 'total', title: 'Iterations’ time', numeric: true, cell: (row) => formatDurationNs(row.totalNs) },
  {
    key: 'tokens',
    title: 'Tokens',
    definition: definitions.rankTokens,
    numeric: true,
    cell: ({ tokens }) => (tokens === null ? UNANSWERED : formatCount(tokens)),
  },
  {
    key: 'perTokens',
    title: 'Per 1,000 tokens',
    definition: definitions.timePerTokens,
    numeric: true,
    cell: (row) => duration(row.perThousandNs),
  },
  {
    key: 'share',
    title: 'Share',
    numeric: true,
    cell: ({ share }) => (share === null ? UNANSWERED : formatPercent(share)),
  },
];

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

interface LayerTimesProps {
  readonly layers: readonly LayerTime[];
  readonly metrics: readonly LayerMetrics[];
  readonly onSelectLayer: (layer: number) => void;
}

/** The slowest rank of each layer, and whether its tokens explain it. */
export function LayerTimes({ layers, metrics, onSelectLayer }: LayerTimesProps) {
  const byLayer = new Map(metrics.map((of) => [of.layer, of.rankImbalanceOfSums]));
  const tokensOf = ({ layer }: LayerTime): number | null => byLayer.get(layer) ?? null;
  return (
    <TablePanel
      title="Time beside tokens, by layer"
      note="Iterations that the traces of all these ranks hold. Where time is less even than tokens, a device is slow; where both are, experts are hot."
      of="layer times"
      name="expert-time-layers"
      table={() => ({
        columns: ['layer', 'meanNs', 'slowestRank', 'slowestNs', 'timeImbalance', 'tokenImbalance'],
        rows: layers.map((of) => [of.layer, of.meanNs, of.slowest, of.slowestNs, of.imbalance, tokensOf(of)]),
      })}
    >
      <Table
        label="Expert time by layer"
        columns={layerColumns(tokensOf, onSelectLayer)}
        rows={layers}
        rowKey={({ layer }) => layer.toString()}
      />
    </TablePanel>
  );
}

function layerColumns(
  tokensOf: (layer: LayerTime) => number | null,
  onSelectLayer: (layer: number) => void,
): readonly Column<LayerTime>[] {
  return [
    {
      key: 'layer',
      title: 'Layer',
      cell: ({ layer }) => (
        <button type="button" className="layer-table__layer" onClick={() => onSelectLayer(layer)}>
          Layer {layer}
        </button>
      ),
    },
    { key: 'mean', title: 'Mean rank', numeric: true, cell: ({ meanNs }) => formatDurationNs(meanNs) },
    {
      key: 'slowest',
      title: 'Slowest rank',
      numeric: true,
      cell: ({ slowest, slowestNs }) => `${formatDurationNs(slowestNs)}, ${slowest}`,
    },
    {
      key: 'imbalance',
      title: 'Imbalance of time',
      definition: definitions.timeImbalance,
      numeric: true,
      cell: ({ imbalance }) => ratio(imbalance),
    },
    {
      key: 'tokens',
      title: 'of tokens',
      definition: definitions.rankImbalanceOfSums,
      numeric: true,
      cell: (layer) => ratio(tokensOf(layer)),
    },
  ];
}
