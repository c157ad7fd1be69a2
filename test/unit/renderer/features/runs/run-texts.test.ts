// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { RunProgress } from '#shared/contract/run.ts';
import { keyText, titleParts } from '#renderer/features/runs/model/run-texts.ts';
import { keyFigure } from '#renderer/stores/key-figure.ts';
import { makeSummary } from '../../../../builders/run.ts';

const figures = [
  { label: 'Total Latency', value: 5, unit: 'ms' },
  { label: 'Request Throughput', value: 131.26, unit: 'req/s' },
  { label: 'Total Output Throughput', value: 6298.4, unit: 'tokens/s' },
];
const progress = (changes: Partial<RunProgress>): RunProgress => ({
  id: 'run-00001',
  state: 'running',
  step: '',
  elapsedMs: 61_000,
  lines: [],
  ...changes,
});

describe('keyFigure', () => {
  it('is the output throughput, else a throughput, else the first', () => {
    expect(keyFigure(figures)?.value).toBe(6298.4);
    expect(keyFigure(figures.slice(0, 2))?.value).toBe(131.26);
    expect(keyFigure(figures.slice(0, 1))?.value).toBe(5);
    expect(keyFigure([])).toBeUndefined();
  });
});

describe('keyText', () => {
  it('shows the throughput of a run that was measured', () => {
    expect(keyText(makeSummary({ figures }), null)).toBe('6,298 tokens/s');
  });

  it('never shows a throughput measured under a recorder', () => {
    const profiled = makeSummary({ figures, profiled: true, spans: [{ first: 20, last: 29 }] });
    expect(keyText(profiled, null)).toBe('it. 20–29');
    expect(keyText(makeSummary({ figures, profiled: true }), null)).toBe('Ready');
  });

  it('shows how far a living run is', () => {
    const running = makeSummary({ state: 'running' });
    expect(keyText(running, progress({ ratio: 0.377 }))).toBe('37 %');
    expect(keyText(running, progress({}))).toBe('1:01');
    expect(keyText(running, null)).toBe('Running');
  });

  it('says how a run ended that did not get ready', () => {
    expect(keyText(makeSummary({ state: 'failed', figures }), null)).toBe('Failed');
  });
});

describe('titleParts', () => {
  it('leaves out of sight what every run of the recipe is called', () => {
    const run = makeSummary({ recipeTitle: 'Engine', title: 'Engine, perfect router' });
    expect(titleParts(run)).toEqual(['Engine, ', 'Perfect router']);
    expect(titleParts({ ...run, title: 'Nightly' })).toEqual(['', 'Nightly']);
  });
});
