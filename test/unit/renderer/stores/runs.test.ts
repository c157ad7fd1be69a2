// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from 'vitest';
import type { IterationLine, RunProgress } from '#shared/contract/run.ts';
import {
  joinLines,
  markCancelling,
  setRuns,
  takeLines,
  takeProgress,
  updateRun,
  useRuns,
} from '#renderer/stores/runs.ts';
import { makeSummary } from '../../../builders/run.ts';

const line = (iteration: number, hostStepMs = 1): IterationLine => ({ iteration, hostStepMs });
const progress = (lines: IterationLine[]): RunProgress => ({
  id: 'run-00001',
  state: 'running',
  step: 'Iteration',
  elapsedMs: 5,
  lines,
});

describe('joinLines', () => {
  it('appends what follows', () => {
    expect(joinLines([line(1)], [line(2), line(3)]).map((l) => l.iteration)).toEqual([1, 2, 3]);
  });

  it('keeps the same list when nothing arrived, so that nobody draws again', () => {
    const known = [line(1)];
    expect(joinLines(known, [])).toBe(known);
  });

  it('has each iteration once, in order, the later line winning', () => {
    expect(joinLines([line(1), line(3, 7)], [line(2), line(3, 9)])).toEqual([line(1), line(2), line(3, 9)]);
    expect(joinLines([], [line(2), line(1)])).toEqual([line(1), line(2)]);
  });
});

describe('the run list', () => {
  beforeEach(() => {
    useRuns.setState({ summaries: null, live: {} });
  });

  it('is newest first, whatever the order of arrival', () => {
    setRuns([
      makeSummary({ id: 'run-00001', createdAt: '2026-01-01T00:00:00Z' }),
      makeSummary({ id: 'run-00003', createdAt: '2026-01-03T00:00:00Z' }),
    ]);
    updateRun(makeSummary({ id: 'run-00002', createdAt: '2026-01-02T00:00:00Z' }));
    expect(useRuns.getState().summaries?.map((run) => run.id)).toEqual([
      'run-00003',
      'run-00002',
      'run-00001',
    ]);
  });

  it('tells the state before, and nothing of a new run', () => {
    expect(updateRun(makeSummary({ id: 'run-00001', state: 'running' }))).toBeUndefined();
    expect(updateRun(makeSummary({ id: 'run-00001', state: 'ready' }))).toBe('running');
  });

  it('joins lines that arrive live with those read afterwards', () => {
    takeProgress(progress([line(5)]));
    takeLines('run-00001', [line(3), line(4), line(5)]);
    takeProgress(progress([line(6)]));
    expect(useRuns.getState().live['run-00001']?.lines.map((l) => l.iteration)).toEqual([3, 4, 5, 6]);
  });

  it('is no longer cancelling once the run has ended', () => {
    updateRun(makeSummary({ id: 'run-00001', state: 'running' }));
    markCancelling('run-00001', true);
    updateRun(makeSummary({ id: 'run-00001', state: 'finalising' }));
    expect(useRuns.getState().live['run-00001']?.cancelling).toBe(true);
    updateRun(makeSummary({ id: 'run-00001', state: 'cancelled' }));
    expect(useRuns.getState().live['run-00001']?.cancelling).toBe(false);
  });
});
