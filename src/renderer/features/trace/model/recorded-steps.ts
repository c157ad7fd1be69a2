// SPDX-License-Identifier: Apache-2.0
import type { IterationRecord, IterationRecords } from '#shared/contract/iteration-record.ts';
import { StepFigures } from './step-figures.ts';

/** What the engine's statistics file says of a step. */
export interface RecordedStep {
  readonly latencyNs: number | null;
  readonly hostStepNs: number | null;
  readonly deviceStepNs: number | null;
  readonly gpuForwardNs: number | null;
  readonly activeRequests: number | null;
  readonly queuedRequests: number | null;
  readonly scheduledRequests: number | null;
  readonly contextRequests: number | null;
  readonly contextTokens: number | null;
  readonly generationRequests: number | null;
  readonly cacheRatio: number | null;
}

/** By the step's number. */
export type RecordsOfSteps = ReadonlyMap<number, RecordedStep>;

/** A step as its marker says. */
export interface MarkedStep {
  readonly index: number;
  readonly contextRequests: number | null;
  readonly generationRequests: number | null;
}

const NS_PER_MS = 1e6;
const nothing: RecordedStep = {
  latencyNs: null,
  hostStepNs: null,
  deviceStepNs: null,
  gpuForwardNs: null,
  activeRequests: null,
  queuedRequests: null,
  scheduledRequests: null,
  contextRequests: null,
  contextTokens: null,
  generationRequests: null,
  cacheRatio: null,
};

const inNs = (ms: number | undefined): number | null => (ms === undefined ? null : ms * NS_PER_MS);

/**
 * How much higher than its step records are numbered that were numbered when they were consumed: the shift under which
 * more of their batches are those of the step markers; where both agree as often, `usual`.
 */
export function shiftOf(
  records: readonly IterationRecord[],
  marked: readonly MarkedStep[],
  usual: 0 | 1,
): 0 | 1 {
  const batches = new Map(marked.map((step) => [step.index, step]));
  const agreeing = (shift: number): number =>
    records.filter(({ number, contextRequests, generationRequests }) => {
      const step = batches.get(number - shift);
      return (
        contextRequests !== undefined &&
        contextRequests === step?.contextRequests &&
        generationRequests === step.generationRequests
      );
    }).length;
  const [own, higher] = [agreeing(0), agreeing(1)];
  return own === higher ? usual : own > higher ? 0 : 1;
}

/** The records of a rank at the steps that they describe. `marked`: the steps of its trace. */
export function recordedSteps(
  { records, consumedShift }: IterationRecords,
  rank: number | null,
  marked: readonly MarkedStep[],
): RecordsOfSteps {
  const own = records.filter((record) => rank === null || record.rank === rank);
  const shift = shiftOf(
    own.filter(({ numbered }) => numbered === 'consumed'),
    marked,
    consumedShift,
  );
  const steps = new StepFigures(nothing);
  for (const record of own) {
    const step = record.number - (record.numbered === 'consumed' ? shift : 0);
    steps.add(step, {
      latencyNs: inNs(record.latencyMs),
      hostStepNs: inNs(record.hostStepMs),
      gpuForwardNs: inNs(record.gpuForwardMs),
      activeRequests: record.activeRequests ?? null,
      queuedRequests: record.queuedRequests ?? null,
      scheduledRequests: record.scheduledRequests ?? null,
      contextRequests: record.contextRequests ?? null,
      contextTokens: record.contextTokens ?? null,
      generationRequests: record.generationRequests ?? null,
      cacheRatio: record.cacheRatio ?? null,
    });
    const deviceStepNs = inNs(record.previousDeviceStepMs);
    if (deviceStepNs !== null) steps.add(step - 1, { deviceStepNs });
  }
  return steps.byStep;
}
