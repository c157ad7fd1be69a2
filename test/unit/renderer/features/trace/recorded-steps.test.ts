// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { IterationRecord } from '#shared/contract/iteration-record.ts';
import { recordedSteps, shiftOf } from '#renderer/features/trace/model/recorded-steps.ts';

/** Steps 3 to 8: step 5 works on two prompts, the others decode. */
const marked = Array.from({ length: 6 }, (_, at) => ({
  index: at + 3,
  contextRequests: at === 2 ? 2 : 0,
  generationRequests: 8,
}));

/** A record of each step, numbered `shift` higher. */
const recordsOf = (
  shift: number,
  numbered: IterationRecord['numbered'],
  steps: readonly (typeof marked)[number][] = marked,
): IterationRecord[] =>
  steps.map(({ index, ...batch }) => ({
    number: index + shift,
    numbered,
    rank: 0,
    hostStepMs: index,
    previousDeviceStepMs: index - 0.5,
    ...batch,
  }));

describe('the records of a statistics file', () => {
  test.each([
    ['built with the step', 0, 'built'],
    ['consumed one step later, as the batches tell', 1, 'consumed'],
    ['consumed in the step itself, as the batches tell', 0, 'consumed'],
  ] as const)('stand at the step that they describe: %s', (_name, shift, numbered) => {
    const usual = shift === 0 ? 1 : 0;
    const steps = recordedSteps({ records: recordsOf(shift, numbered), consumedShift: usual }, 0, marked);
    for (const { index, contextRequests } of marked) {
      expect(steps.get(index)).toMatchObject({ hostStepNs: index * 1e6, contextRequests });
    }
    // The device's side of a step stands in the record of the next one.
    expect(steps.get(4)?.deviceStepNs).toBe(4.5e6);
    expect(steps.get(8)?.deviceStepNs).toBeNull();
  });

  test('are numbered as the engine usually does where all batches are the same', () => {
    const same = marked.map((step) => ({ ...step, contextRequests: 0 }));
    const inside = recordsOf(1, 'consumed', same).slice(0, -1);
    expect(shiftOf(inside, same, 1)).toBe(1);
    expect(shiftOf(inside, same, 0)).toBe(0);
  });

  test('are those of the rank that they name', () => {
    const records = recordsOf(0, 'built').map((record) => ({ ...record, rank: record.number % 2 }));
    const of = (rank: number | null) => recordedSteps({ records, consumedShift: 0 }, rank, marked);
    expect(of(1).get(5)?.hostStepNs).toBe(5e6);
    expect(of(1).get(6)?.hostStepNs).toBeNull();
    expect(of(null).get(6)?.hostStepNs).toBe(6e6);
  });
});
