// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { missingFigures, sharedHeadline, windowText, workloadText } from '#main/compare/sharing.ts';
import { defaultThresholds } from '#main/compare/verdict.ts';
import type { ComparisonRequest } from '#shared/contract/comparison.ts';
import type { LaunchForm } from '#shared/contract/launch.ts';
import { makePass } from '../../builders/comparison.ts';
import { makeForm } from '../../builders/recipe.ts';
import { makeManifest } from '../../builders/run.ts';

function request(b: Partial<LaunchForm>, profile = true): ComparisonRequest {
  const form = makeForm();
  return {
    a: { label: 'first', form },
    b: { label: 'second', form: { ...form, ...b } },
    blocks: 3,
    seed: 1,
    early: false,
    profile,
    thresholds: defaultThresholds,
  };
}

describe('arms that do different work', () => {
  test.each(['dataset', 'dataset-file', 'num-requests', 'requests', 'input-len', 'output-mean'])(
    '%s makes them',
    (name) => {
      const { parameters } = makeForm();
      expect(workloadText(request({ parameters: { ...parameters, [name]: 7 } }))).toContain(`(${name})`);
    },
  );

  test.each(['max-batch-size', 'concurrency', 'layers', 'ep'])('%s does not', (name) => {
    const { parameters } = makeForm();
    expect(workloadText(request({ parameters: { ...parameters, [name]: 7 } }))).toBeNull();
  });

  test('are compared by iterations of the same batch, and the headline says so', () => {
    const arms = request({ parameters: { ...makeForm().parameters, 'input-len': 7 } });
    const row = {
      contextTokens: 0,
      generationTokens: 64,
      countA: 50,
      countB: 50,
      medianMsA: 10.5,
      medianMsB: 10,
    };
    const effect = { ratio: 0.05, low: 0.04, high: 0.06 };
    const headline = sharedHeadline(arms, [{ ...row, kind: 'generation', effect }]);
    expect(headline).toBe(
      'No verdict: the arms work on different data (input-len). Of iterations of the same batch, the most frequent (generation) are +5.0 % in second (95 % interval +4.0 % to +6.0 %; + is faster).',
    );
    expect(sharedHeadline(arms, [])).toContain('too few iterations of the same batch');
  });
});

test('figures that one arm alone reports are named', () => {
  const figure = (label: string) => ({ label, value: 1, unit: 'ms' });
  const a = makePass({ run: makeManifest({ figures: [figure('TTFT p99'), figure('Total latency')] }) });
  const b = makePass({ arm: 'b', run: makeManifest({ figures: [figure('Total latency')] }) });
  expect(missingFigures(request({}), [a, b])).toEqual(['Only first reports TTFT p99: left out.']);
  expect(missingFigures(request({}), [a])).toEqual([]);
});

test('profiled passes of unequal windows say what is explained', () => {
  expect(windowText(request({ window: '90+10' })).join()).toContain('90+10');
  expect(windowText(request({ window: '90+10' }, false))).toEqual([]);
  expect(windowText(request({}))).toEqual([]);
});
