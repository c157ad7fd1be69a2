// SPDX-License-Identifier: Apache-2.0
import { toFailure } from '#shared/base/errors.ts';
import type { ExpertSummary, LayerMetrics } from '#shared/contract/engine.ts';
import type { Services } from '../composition.ts';
import { columns } from './columns.ts';

/** Expert load of a folder of statistics, all layers, over all its iterations. */
interface ExpertLoad {
  readonly file: string;
  readonly summary: ExpertSummary;
  /** Ranks that the experts are split over in contiguous blocks. */
  readonly ranks: number;
  readonly vllmBalancedness: number | null;
  readonly layers: readonly LayerMetrics[];
}

const figures: readonly (readonly [title: string, of: (layer: LayerMetrics) => number | null])[] = [
  ['Tokens', ({ tokens }) => tokens],
  ['Imb. experts', ({ expertImbalanceMean }) => expertImbalanceMean],
  ['of sums', ({ expertImbalanceOfSums }) => expertImbalanceOfSums],
  ['Imb. ranks', ({ rankImbalanceMean }) => rankImbalanceMean],
  ['of sums', ({ rankImbalanceOfSums }) => rankImbalanceOfSums],
  ['Balancedness', ({ balancedness }) => balancedness],
  ['CV', ({ coefficientOfVariation }) => coefficientOfVariation],
  ['Gini', ({ gini }) => gini],
  ['Effective', ({ effectiveExperts }) => effectiveExperts],
  ['Active', ({ activeExperts }) => activeExperts],
  ['Dead', ({ deadExperts }) => deadExperts],
  ['Active/rank', ({ activeExpertsPerRank }) => activeExpertsPerRank],
  ['Top 8', ({ topShare }) => topShare],
  ['Persistence', ({ hotSetPersistence }) => hotSetPersistence],
  ['Drift', ({ loadDrift }) => loadDrift],
  ['SGLang bal.', ({ sglangBalancedness }) => sglangBalancedness],
];

const figureText = (value: number | null): string =>
  value === null ? '-' : Number.isInteger(value) ? value.toString() : value.toFixed(3);

function loadText({ file, summary, ranks, vllmBalancedness, layers }: ExpertLoad): string {
  const rows = layers.map((layer) => [
    layer.layer.toString(),
    ...figures.map(([, of]) => figureText(of(layer))),
  ]);
  return [
    file,
    ...columns([
      ['Experts', `${summary.experts}, ${summary.topK ?? 'an unknown number'} per token`],
      ['Iterations', `${summary.iterationCount} from ${summary.iterationStart}`],
      ['Ranks', `${ranks}, contiguous blocks of experts`],
      ['vLLM balancedness', `${figureText(vllmBalancedness)}, all layers`],
    ]),
    '',
    ...columns([['Layer', ...figures.map(([title]) => title)], ...rows]),
    ...summary.warnings.map(({ code, message }) => `${code}: ${message}`),
  ].join('\n');
}

async function readLoad(services: Services, file: string, asked: number | undefined): Promise<ExpertLoad> {
  const { sources } = await services.sources.fromPaths([file]);
  const [source] = sources;
  if (source === undefined) throw new Error(`${file} holds nothing to open.`);
  const { sourceId } = source;
  const summary = await services.engine.call('experts.open', { sourceId });
  const ranks = asked ?? summary.ranks;
  const window = {
    sourceId,
    iterationFrom: summary.iterationStart,
    iterationTo: summary.iterationEnd,
    ranks,
  };
  const layers = await services.engine.call('experts.layerMetrics', window);
  const vllmBalancedness = await services.engine.call('experts.vllmBalancedness', window);
  return { file, summary, ranks, vllmBalancedness, layers };
}

/** Prints every figure of every layer; resolves to the exit code: 1 when the folder could not be read. */
export async function showExperts(
  services: Services,
  folder: string,
  options: { readonly json: boolean; readonly ranks?: number | undefined },
): Promise<number> {
  try {
    const load = await readLoad(services, folder, options.ranks);
    process.stdout.write(`${options.json ? JSON.stringify(load) : loadText(load)}\n`);
    return 0;
  } catch (thrown) {
    const error = toFailure(thrown);
    if (options.json) process.stdout.write(`${JSON.stringify({ file: folder, error })}\n`);
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}
