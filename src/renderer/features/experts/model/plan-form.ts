// SPDX-License-Identifier: Apache-2.0
import type { EngineInput } from '#shared/contract/engine.ts';
import type { ExpertSummary } from '#shared/contract/experts.ts';

/** What a plan is asked for, as typed, and judged field by field. What does not fit together the engine says. */

export type Algorithm = EngineInput<'experts.plan'>['algorithm'];

export interface PlanForm {
  readonly algorithm: Algorithm;
  readonly slots: string;
  readonly nodes: string;
  readonly groups: string;
  readonly layerUpdates: string;
  readonly madeFirst: string;
  readonly madeLast: string;
  readonly judgedFirst: string;
  readonly judgedLast: string;
}

type PlanField = Exclude<keyof PlanForm, 'algorithm'>;
export type PlanRequest = Omit<EngineInput<'experts.plan'>, 'sourceId'>;

export type PlanCheck =
  | { readonly request: PlanRequest; readonly problems: Partial<Record<PlanField, string>> }
  | { readonly request: null; readonly problems: Partial<Record<PlanField, string>> };

const CURVE_STEPS = 8;

/** One spare slot on each rank; made on the first half of what was recorded, judged on the second. */
export function defaultPlanForm(
  { experts, iterationStart, iterationEnd }: ExpertSummary,
  ranks: number,
): PlanForm {
  const middle = iterationStart + Math.max(1, Math.ceil((iterationEnd - iterationStart) / 2));
  const fewest = Math.ceil(experts / ranks) * ranks;
  return {
    algorithm: 'tensorrt-llm',
    slots: (fewest + ranks).toString(),
    nodes: '1',
    groups: '1',
    layerUpdates: '0',
    madeFirst: iterationStart.toString(),
    madeLast: (middle - 1).toString(),
    judgedFirst: middle.toString(),
    judgedLast: (iterationEnd - 1).toString(),
  };
}

function whole(text: string, least: number, most: number): number | string {
  const value = Number(text);
  if (/^\d+$/.test(text.trim()) && value >= least && value <= most) return value;
  return `Type a whole number from ${least} to ${most}.`;
}

export function checkPlanForm(form: PlanForm, summary: ExpertSummary, ranks: number): PlanCheck {
  const { iterationStart: first, iterationEnd: end } = summary;
  const limits: Readonly<Record<PlanField, readonly [number, number]>> = {
    slots: [summary.experts, 1_048_576],
    nodes: [1, ranks],
    groups: [1, summary.experts],
    layerUpdates: [0, summary.layers.length],
    madeFirst: [first, end - 1],
    madeLast: [first, end - 1],
    judgedFirst: [first, end - 1],
    judgedLast: [first, end - 1],
  };
  const problems: Partial<Record<PlanField, string>> = {};
  const read = (field: PlanField): number => {
    const value = whole(form[field], ...limits[field]);
    if (typeof value === 'number') return value;
    problems[field] = value;
    return 0;
  };
  const slots = read('slots');
  if (problems.slots === undefined && slots % ranks !== 0) {
    problems.slots = `Slots split evenly over ${ranks} ranks: choose ${Math.ceil(slots / ranks) * ranks}.`;
  }
  const request: PlanRequest = {
    algorithm: form.algorithm,
    ranks,
    slots,
    nodes: read('nodes'),
    groups: read('groups'),
    layerUpdates: read('layerUpdates'),
    madeFrom: read('madeFirst'),
    madeTo: read('madeLast') + 1,
    judgedFrom: read('judgedFirst'),
    judgedTo: read('judgedLast') + 1,
    curveSteps: CURVE_STEPS,
  };
  if (request.madeFrom >= request.madeTo) problems.madeLast ??= 'The last comes before the first.';
  if (request.judgedFrom >= request.judgedTo) problems.judgedLast ??= 'The last comes before the first.';
  return Object.keys(problems).length === 0 ? { request, problems } : { request: null, problems };
}
