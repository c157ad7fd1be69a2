// SPDX-License-Identifier: Apache-2.0
import { readFile, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { IterscopeError } from '#shared/base/errors.ts';
import type { ExpertPlan, ExpertSummary } from '#shared/contract/experts.ts';
import type { Services } from '../composition.ts';
import { columns } from './columns.ts';
import { figureText, openStatistics, printed } from './experts-command.ts';

export interface PlanOptions {
  readonly json: boolean;
  readonly ranks?: number | undefined;
  readonly plan?: 'tensorrt-llm' | 'deepseek' | undefined;
  readonly slots?: number | undefined;
  readonly nodes: number;
  readonly groups: number;
  readonly layerUpdates: number;
  /** Where the plan is written. */
  readonly export?: string | undefined;
  /** A file to be judged instead of a plan made here. */
  readonly judge?: string | undefined;
}

/** Paths are meant from where the command was called. */
const fromCaller = (path: string): string => resolve(process.env['INIT_CWD'] ?? '.', path);

const CURVE_STEPS = 4;

/** A plan is made on the first half of what was recorded and judged on the second. */
async function makePlan(
  services: Services,
  sourceId: string,
  { iterationStart, iterationEnd, ...summary }: ExpertSummary,
  options: PlanOptions,
): Promise<ExpertPlan> {
  const ranks = options.ranks ?? summary.ranks;
  const middle = iterationStart + Math.ceil((iterationEnd - iterationStart) / 2);
  return services.engine.call('experts.plan', {
    sourceId,
    algorithm: options.plan ?? 'tensorrt-llm',
    groups: options.groups,
    nodes: options.nodes,
    ranks,
    slots: options.slots ?? Math.ceil(summary.experts / ranks) * ranks,
    layerUpdates: options.layerUpdates,
    madeFrom: iterationStart,
    madeTo: middle,
    judgedFrom: middle,
    judgedTo: iterationEnd,
    curveSteps: CURVE_STEPS,
  });
}

async function judgeFile(
  services: Services,
  sourceId: string,
  summary: ExpertSummary,
  path: string,
  ranks: number,
): Promise<ExpertPlan> {
  const text = await readFile(path, 'utf8').catch((thrown: unknown) => {
    const message = `${path} cannot be read: ${String(thrown)}. Check its path.`;
    throw new IterscopeError({ code: 'experts.unreadable', message, path }, { cause: thrown });
  });
  const { iterationStart: iterationFrom, iterationEnd: iterationTo } = summary;
  const name = basename(path);
  return services.engine.call('experts.judgePlan', {
    sourceId,
    iterationFrom,
    iterationTo,
    ranks,
    text,
    name,
  });
}

async function writePlan(path: string, yaml: string): Promise<void> {
  await writeFile(path, yaml).catch((thrown: unknown) => {
    const message = `${path} cannot be written: ${String(thrown)}. Choose another folder.`;
    throw new IterscopeError({ code: 'file.unwritable', message, path }, { cause: thrown });
  });
}

const verdicts: Readonly<Record<ExpertPlan['verdict'], string>> = {
  better: 'The plan leaves less imbalance than no plan.',
  same: 'The plan changes nothing: keep contiguous blocks.',
  worse: 'The plan leaves more imbalance than no plan: keep contiguous blocks.',
  'cannot-tell': 'The judging iterations hold no tokens: cannot tell.',
};

function planText(plan: ExpertPlan, written: string | undefined): string {
  const rows = plan.layers.map(({ layer, beforeMean, afterMean, moves }) => [
    layer.toString(),
    figureText(beforeMean),
    figureText(afterMean),
    moves.toString(),
  ]);
  const average = ['average', figureText(plan.beforeMean), figureText(plan.afterMean), ''];
  const curve = plan.curve.map(({ slots, afterMean }) => [slots.toString(), figureText(afterMean)]);
  return [
    ...columns([['Layer', 'Imb. before', 'after', 'Moves'], ...rows, average]),
    '',
    ...(curve.length === 0 ? [] : [...columns([['Slots', 'Imb. left'], ...curve]), '']),
    `${plan.numSlots} slots a layer, ${plan.extraSlotsPerRank} extra on each rank. ${verdicts[plan.verdict]}`,
    ...(written === undefined ? [] : [`Written to ${written}.`]),
  ].join('\n');
}

/** Makes or judges a placement; resolves to the exit code. Imbalance is over ranks, mean over iterations. */
export async function planExperts(services: Services, folder: string, options: PlanOptions): Promise<number> {
  return printed(folder, options.json, async () => {
    const { sourceId, summary } = await openStatistics(services, folder);
    const ranks = options.ranks ?? summary.ranks;
    const plan =
      options.judge === undefined
        ? await makePlan(services, sourceId, summary, options)
        : await judgeFile(services, sourceId, summary, fromCaller(options.judge), ranks);
    if (options.export !== undefined) await writePlan(fromCaller(options.export), plan.yaml);
    return options.json ? planJson(folder, plan) : planText(plan, options.export);
  });
}

/** Typed arrays as lists, which is what a reader of JSON expects. */
function planJson(file: string, plan: ExpertPlan): string {
  return JSON.stringify({ file, ...plan }, (_key, value: unknown) =>
    ArrayBuffer.isView(value) ? Array.from(value as Float64Array | Uint32Array) : value,
  );
}
