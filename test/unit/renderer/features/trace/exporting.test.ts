// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { fileNameOf, partChoices, partOf, type Shown } from '#renderer/features/trace/model/exporting.ts';

const view = { startNs: 1_000.4, endNs: 3_000.6 };
const bare: Shown = { view, range: null, iterations: null };
const full: Shown = {
  view,
  range: { startNs: 1_500, endNs: 1_750 },
  iterations: { first: 20, last: 24 },
};

describe('parts of a trace that can be exported', () => {
  it('are the shown window and the whole trace, and what is selected', () => {
    expect(partChoices(bare).map(({ label }) => label)).toEqual(['Shown window, 2.000 µs', 'Whole trace']);
    expect(partChoices(full).map(({ label }) => label)).toEqual([
      'Shown window, 2.000 µs',
      'Selected range, 250 ns',
      'Iterations 20-24 and what they launched',
      'Whole trace',
    ]);
  });

  it('lie on the axis of their trace, in whole nanoseconds that leave nothing out', () => {
    expect(partOf('shown', full, 400)).toEqual({ startNs: 600, endNs: 2_601 });
    expect(partOf('range', full, -500)).toEqual({ startNs: 2_000, endNs: 2_250 });
    expect(partOf('iterations', full, 400)).toEqual({ firstIteration: 20, lastIteration: 24 });
    expect(partOf('all', full, 400)).toEqual({});
  });
});

describe('the proposed name of a file', () => {
  it('is that of the trace and its part, in characters that every file system takes', () => {
    expect(fileNameOf('rank0.pt.trace.json.gz', '-window')).toBe('rank0-window');
    expect(fileNameOf('report 1 · python 42.nsys-rep', '')).toBe('report-1-python-42');
    expect(fileNameOf('../…', '-range')).toBe('trace-range');
    expect(fileNameOf('x'.repeat(300), '-window')).toHaveLength(87);
  });
});
