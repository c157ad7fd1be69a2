// SPDX-License-Identifier: Apache-2.0
import { IterscopeError, toFailure } from '#shared/base/errors.ts';
import type { ExpertBalance, ExpertSummary, LayerMetrics } from '#shared/contract/experts.ts';
import type { Services } from '../composition.ts';
import { columns } from './columns.ts';
import { remark, say } from './terminal.ts';

/** What a log tells of one of its models. */
interface ModelBalance extends Pick<ExpertBalance, 'quartiles' | 'balancedness' | 'balancednessOfSums'> {
  readonly model: string;
}

/** Expert load of a folder of statistics, all layers, over all its iterations. */
interface ExpertLoad {
  readonly file: string;
  readonly summary: ExpertSummary;
  /** Ranks that the experts are split over in contiguous blocks. */
  readonly ranks: number;
  readonly vllmBalancedness: number | null;
  /** By model, where a log was read. */
  readonly balance: readonly ModelBalance[];
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

/** What a log tells: no layers, but how even the ranks were. */
function balanceText({ file, summary, balance }: ExpertLoad): string {
  const models = balance.map(({ model, quartiles, balancedness, balancednessOfSums }) => [
    model === '' ? 'unnamed' : model,
    figureText(balancedness),
    figureText(balancednessOfSums),
    ...[0, 1, 2, 3, 4].map((at) => figureText(quartiles[at] ?? null)),
  ]);
  const titles = ['Model', 'Mean', 'Of sums', 'Least', 'Lower quartile', 'Median', 'Upper quartile', 'Most'];
  return [
    file,
    ...columns([['Lines', `${summary.balanceLines} of vLLM about balancedness, all layers over ranks`]]),
    '',
    ...columns([titles, ...models]),
  ].join('\n');
}

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
  const balance = await readBalance(services, sourceId, summary);
  const ranks = Math.max(asked ?? summary.ranks, 1);
  const window = {
    sourceId,
    iterationFrom: summary.iterationStart,
    iterationTo: summary.iterationEnd,
    ranks,
  };
  const layers = await services.engine.call('experts.layerMetrics', window);
  const vllmBalancedness = await services.engine.call('experts.vllmBalancedness', window);
  return { file, summary, ranks, vllmBalancedness, balance, layers };
}

async function readBalance(
  services: Services,
  sourceId: string,
  { balanceModels }: ExpertSummary,
): Promise<readonly ModelBalance[]> {
  const found: ModelBalance[] = [];
  for (const [model, name] of balanceModels.entries()) {
    const asked = { sourceId, model, rows: 1 };
    const { quartiles, balancedness, balancednessOfSums } = await services.engine.call(
      'experts.balance',
      asked,
    );
    found.push({ model: name, quartiles, balancedness, balancednessOfSums });
  }
  return found;
}

/** Prints every figure of every layer; resolves to the exit code: 1 when the folder could not be read. */
export async function showExperts(
  services: Services,
  folder: string,
  options: { readonly json: boolean; readonly ranks?: number | undefined },
): Promise<number> {
  return printed(folder, options.json, async () => {
    const load = await readLoad(services, folder, options.ranks);
    if (options.json) return JSON.stringify(load);
    return load.balance.length > 0 ? balanceText(load) : loadText(load);
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
