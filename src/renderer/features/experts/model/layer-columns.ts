// SPDX-License-Identifier: Apache-2.0
import { formatCount, formatPercent, formatRatio } from '#shared/base/units.ts';
import type { LayerMetrics } from '#shared/contract/experts.ts';
import { definitions } from './definitions.ts';

/** Every metric of a layer: its column in the table and in exported files. */

export interface LayerColumn {
  readonly key: keyof LayerMetrics;
  readonly title: string;
  readonly definition: string;
  readonly of: (layer: LayerMetrics) => number | null;
  readonly text: (value: number) => string;
}

const column = (
  key: LayerColumn['key'],
  title: string,
  definition: string,
  of: LayerColumn['of'],
  text: LayerColumn['text'] = formatRatio,
): LayerColumn => ({ key, title, definition, of, text });

export const layerColumns: readonly LayerColumn[] = [
  column('tokens', 'Tokens', definitions.tokens, ({ tokens }) => tokens, formatCount),
  column('rankImbalanceMean', 'Imb. ranks', definitions.rankImbalanceMean, (of) => of.rankImbalanceMean),
  column(
    'rankTokensMean',
    'Tokens/rank',
    definitions.rankTokensMean,
    ({ rankTokensMean }) => rankTokensMean,
    formatRatio,
  ),
  column('rankTokensStd', 'std', definitions.rankTokensStd, ({ rankTokensStd }) => rankTokensStd),
  column('rankImbalanceMedian', 'median', definitions.rankImbalanceMedian, (of) => of.rankImbalanceMedian),
  column('rankImbalanceMax', 'largest', definitions.rankImbalanceMax, (of) => of.rankImbalanceMax),
  column('rankImbalanceOfSums', 'of sums', definitions.rankImbalanceOfSums, (of) => of.rankImbalanceOfSums),
  column(
    'expertImbalanceMean',
    'Imb. experts',
    definitions.expertImbalanceMean,
    (of) => of.expertImbalanceMean,
  ),
  column(
    'expertImbalanceOfSums',
    'of sums',
    definitions.expertImbalanceOfSums,
    (of) => of.expertImbalanceOfSums,
  ),
  column('balancedness', 'Balancedness', definitions.balancedness, (of) => of.balancedness),
  column('coefficientOfVariation', 'CV', definitions.cv, (of) => of.coefficientOfVariation),
  column('gini', 'Gini', definitions.gini, (of) => of.gini),
  column('effectiveExperts', 'Effective', definitions.effectiveExperts, (of) => of.effectiveExperts),
  column('activeExperts', 'Active', definitions.activeExperts, (of) => of.activeExperts, formatCount),
  column('deadExperts', 'Dead', definitions.activeExperts, (of) => of.deadExperts, formatCount),
  column(
    'activeExpertsPerRank',
    'Active/rank',
    definitions.activeExpertsPerRank,
    (of) => of.activeExpertsPerRank,
  ),
  column('topShare', 'Top 8', definitions.topShare, (of) => of.topShare, formatPercent),
  column(
    'hotSetPersistence',
    'Hot set stays',
    definitions.hotSetPersistence,
    (of) => of.hotSetPersistence,
    formatPercent,
  ),
  column('loadDrift', 'Drift', definitions.loadDrift, (of) => of.loadDrift),
  column('sglangBalancedness', 'SGLang bal.', definitions.sglangBalancedness, (of) => of.sglangBalancedness),
];

/** One line for each layer; an empty cell where there is no answer. */
export function layersAsCsv(layers: readonly LayerMetrics[]): string {
  const header = ['layer', ...layerColumns.map(({ key }) => key)];
  const rows = layers.map((layer) => [layer.layer, ...layerColumns.map(({ of }) => of(layer) ?? '')]);
  return [header, ...rows].map((cells) => `${cells.join(',')}\n`).join('');
}

/** Mean over the layers that have an answer, as report_load_statistics prints its last row; null without any. */
export function averageOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
