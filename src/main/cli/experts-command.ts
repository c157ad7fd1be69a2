// SPDX-License-Identifier: Apache-2.0
import { IterscopeError, toFailure } from '#shared/base/errors.ts';
import type { ExpertSummary, LayerMetrics } from '#shared/contract/experts.ts';
import type { Services } from '../composition.ts';
import { columns } from './columns.ts';
import { remark, say } from './terminal.ts';

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

export const figureText = (value: number | null): string =>
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

/** Opens a folder of statistics (or a file that holds such). */
export async function openStatistics(
  services: Services,
  file: string,
): Promise<{ readonly sourceId: string; readonly summary: ExpertSummary }> {
  const { sources } = await services.sources.fromPaths([file]);
  const source = sources.find(({ kind }) => kind === 'expert-statistics');
  if (source === undefined) {
    const message = `${file} holds no expert statistics: name a folder with rank*.safetensors.`;
    throw new IterscopeError({ code: 'experts.no-statistics', message, path: file });
  }
  const { sourceId } = source;
  return { sourceId, summary: await services.engine.call('experts.open', { sourceId }) };
}

async function readLoad(services: Services, file: string, asked: number | undefined): Promise<ExpertLoad> {
  const { sourceId, summary } = await openStatistics(services, file);
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
  return printed(folder, options.json, async () => {
    const load = await readLoad(services, folder, options.ranks);
    return options.json ? JSON.stringify(load) : loadText(load);
  });
}

/** Prints what was made of a folder, or why nothing was; resolves to the exit code. */
export async function printed(file: string, json: boolean, make: () => Promise<string>): Promise<number> {
  try {
    say(await make());
    return 0;
  } catch (thrown) {
    const error = toFailure(thrown);
    if (json) say(JSON.stringify({ file, error }));
    remark(error.message);
    return 1;
  }
}
