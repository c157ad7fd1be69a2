// SPDX-License-Identifier: Apache-2.0
import type { IterationLine } from '#shared/contract/run.ts';
import { StepFigures } from './step-figures.ts';

/**
 * What an engine's log says of a step. A line describes the host's side of one step and the device's side of
 * the step before that, so that the two figures of a step stand in two lines.
 */
export interface LoggedStep {
  readonly hostStepNs: number | null;
  /** Between two events on the device at the beginning of consecutive loops, gaps included: not busy time. */
  readonly deviceStepNs: number | null;
  readonly contextRequests: number | null;
  readonly contextTokens: number | null;
  readonly generationTokens: number | null;
  readonly scheduledRequests: number | null;
  readonly cacheRatio: number | null;
}

/** By the step's number. */
export type LogOfSteps = ReadonlyMap<number, LoggedStep>;

const NS_PER_MS = 1e6;
const nothing: LoggedStep = {
  hostStepNs: null,
  deviceStepNs: null,
  contextRequests: null,
  contextTokens: null,
  generationTokens: null,
  scheduledRequests: null,
  cacheRatio: null,
};

/** The lines that a rank printed. Lines that name no rank are of all; where a rank is unknown all lines count. */
export function loggedSteps(lines: readonly IterationLine[], rank: number | null): LogOfSteps {
  const steps = new StepFigures(nothing);
  for (const line of lines) {
    if (line.rank !== undefined && rank !== null && line.rank !== rank) continue;
    steps.add(line.iteration, {
      hostStepNs: line.hostStepMs * NS_PER_MS,
      contextRequests: line.contextRequests ?? null,
      contextTokens: line.contextTokens ?? null,
      generationTokens: line.generationTokens ?? null,
      scheduledRequests: line.scheduledRequests ?? null,
      cacheRatio: line.cacheRatio ?? null,
    });
    if (line.previousDeviceStepMs !== undefined) {
      steps.add(line.iteration - 1, { deviceStepNs: line.previousDeviceStepMs * NS_PER_MS });
    }
  }
  return steps.byStep;
}
