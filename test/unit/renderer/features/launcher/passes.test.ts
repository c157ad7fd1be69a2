// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Flag } from '#shared/contract/flags.ts';
import { changedForm, estimateText, flagHint } from '#renderer/features/launcher/passes.ts';
import { makeForm } from '../../../../builders/recipe.ts';

it('an estimate says how many runs it is of, or that there is none', () => {
  expect(estimateText({ runs: 0, wallMs: null, bytes: null })).toBe('no earlier run to estimate by');
  expect(estimateText({ runs: 1, wallMs: null, bytes: 2048 })).toMatch(/^about 2\S* \S+ \(1 earlier run\)$/);
});

it('a fix changes what it names and keeps the rest', () => {
  const form = makeForm({ window: '5+5', nsight: true });
  const fixed = changedForm(form, {
    parameters: { era: 'e2' },
    nsightOptions: { cpuSampling: false },
    nsight: false,
  });
  expect(fixed.parameters).toEqual({ ...form.parameters, era: 'e2' });
  expect(fixed).toMatchObject({
    window: '5+5',
    nsight: false,
    nsightOptions: { traceFork: true, cpuSampling: false },
  });
});

describe('flagHint', () => {
  const flag: Flag = {
    kind: 'variable',
    name: 'TLLM_X',
    of: 'TensorRT-LLM',
    type: 'boolean',
    default: '',
    eras: ['e2', 'e3'],
    effect: 'Does x.',
    conflicts: [],
    readBy: 'the worker',
    forwarded: 'not assured',
  };

  it('says what is known, and that an unknown one is passed on', () => {
    expect(flagHint([flag], 'TLLM_X')).toBe(
      'Does x. Value: 1 or absent. From era e2 on. Read by the worker. MPI does not assure that spawned workers get it.',
    );
    expect(flagHint([flag], 'OTHER')).toContain('Not in the catalogue');
    expect(flagHint([flag], ' ')).toBeNull();
  });
});
