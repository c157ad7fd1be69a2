// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { planLaunch } from '#main/launch/plan.ts';
import { previewLaunch } from '#main/launch/preview.ts';
import { MASK } from '#main/launch/secrets.ts';
import { makeForm, makeRecipe, places } from '../../builders/recipe.ts';

const recipe = makeRecipe();
const variables = (form: Parameters<typeof planLaunch>[1]): Record<string, string> =>
  Object.fromEntries(planLaunch(recipe, form, places).environment.map(({ name, value }) => [name, value]));
const messages = (form: Parameters<typeof planLaunch>[1], severity = 'error'): string[] =>
  planLaunch(recipe, form, places)
    .findings.filter((finding) => finding.severity === severity)
    .map(({ field, message }) => `${field ?? ''}: ${message}`);

describe('from a form to a command', () => {
  test('recorders set their variables, by era', () => {
    const form = makeForm({ window: '20+10', torchTrace: true, expertStatistics: true, perfectRouter: true });
    expect(variables(form)).toEqual({
      TLLM_PROFILE_START_STOP: '20-29',
      TLLM_TORCH_PROFILE_TRACE: 'trace.json',
      EXPERT_STATISTIC_ITER_RANGE: '20-30',
      EXPERT_STATISTIC_PATH: 'expert_statistic',
      ENABLE_PERFECT_ROUTER: '1',
    });
    const later = makeForm({ ...form, parameters: { ...form.parameters, era: 'e2' } });
    expect(variables(later)['TLLM_PROFILE_START_STOP']).toBe('20-30');
  });

  test('switches that are off leave no variable', () => {
    expect(variables(makeForm({ window: '20+10' }))).toEqual({});
    expect(planLaunch(recipe, makeForm(), places).profiled).toBe(false);
    expect(planLaunch(recipe, makeForm({ window: '1+1', torchTrace: true }), places).profiled).toBe(true);
  });

  test('parameters become arguments in the recipe order, defaults included', () => {
    const form = makeForm({ parameters: { skew: '2.5' } });
    expect(planLaunch(recipe, form, places).main.args).toEqual([
      '--iterations',
      '100',
      '--router-skew',
      '2.5',
      '--era',
      'e1',
    ]);
  });

  test.each([
    [{ parameters: { iterations: '12x' } }, 'iterations: Iterations is "12x", which is not a number'],
    [{ parameters: { iterations: '' } }, 'iterations: Iterations is "", which is not a number'],
    [{ parameters: { iterations: 1.5 } }, 'whole number from 1 to 1000'],
    [{ parameters: { iterations: 0 } }, 'it must be from 1 to 1000'],
    [{ parameters: { era: 'e9' } }, 'choose one of e1, e2, e3'],
    [{ parameters: { depth: 3 } }, 'has no parameter "depth"'],
    [{ torchTrace: true }, 'window: A PyTorch-profiler trace needs an iteration window'],
    [{ window: '95+10', torchTrace: true }, 'the run ends after 100 iterations (0 to 99)'],
    [{ window: '99', expertStatistics: true }, 'written one iteration after the window'],
    [{ window: '10+5,30+5', torchTrace: true }, 'Several windows write to one trace file'],
    [{ extraEnvironment: [{ name: '1A', value: '' }] }, '"1A" is not a variable name'],
    [
      { extraEnvironment: [{ name: 'ENABLE_PERFECT_ROUTER', value: '1' }] },
      'is set by the switches of this form',
    ],
    [{ extraEnvironment: [{ name: 'HF_TOKEN', value: MASK }] }, 'was a secret and was not kept'],
  ])('%j is refused with a sentence at its field', (changes, part) => {
    expect(messages(makeForm(changes)).join('\n')).toContain(part);
  });

  test('a path is given whole, or its option is left out', () => {
    const file = {
      type: 'path' as const,
      name: 'file',
      label: 'File',
      help: 'A file.',
      argument: '--file',
      advanced: false,
      default: '',
      of: 'file' as const,
      required: false,
    };
    const [step] = recipe.steps;
    if (step === undefined) throw new Error('builder changed');
    const withFile = {
      ...recipe,
      parameters: [...recipe.parameters, file],
      steps: [{ ...step, args: [...step.args, { parameters: ['file'] }] }],
    };
    const planned = (path: string) => planLaunch(withFile, makeForm({ parameters: { file: path } }), places);
    expect(planned('').main.args).not.toContain('--file');
    expect(planned('').findings).toEqual([]);
    expect(planned('/data/eplb.yaml').main.args.slice(-2)).toEqual(['--file', '/data/eplb.yaml']);
    expect(planned('eplb.yaml').findings).toMatchObject([
      {
        severity: 'error',
        field: 'file',
        message: 'File is "eplb.yaml": give the whole path, since the run works in a folder of its own.',
      },
    ]);
  });

  test('a window that ends with the run is accepted', () => {
    expect(messages(makeForm({ window: '90+10', torchTrace: true }))).toEqual([]);
    expect(messages(makeForm({ window: '90+9', expertStatistics: true }))).toEqual([]);
  });

  test('the perfect router is warned of', () => {
    expect(messages(makeForm({ perfectRouter: true }), 'warning').join()).toContain(
      'the output text is wrong',
    );
  });

  test('both recorders together are worth a note, not a warning', () => {
    const form = makeForm({ window: '20+10', torchTrace: true, expertStatistics: true });
    expect(messages(form, 'warning')).toEqual([]);
    expect(messages(form, 'note').join()).toContain('slower than without it');
  });

  test('the preview masks secrets and unsets what the shell would leak in', () => {
    const form = makeForm({ extraEnvironment: [{ name: 'HF_TOKEN', value: 'hunter2' }] });
    const preview = previewLaunch(recipe, form, {
      places,
      inherited: new Set(['ENABLE_PERFECT_ROUTER', 'HOME']),
      optionsText: '',
      estimate: () => ({ runs: 0, wallMs: null, bytes: null }),
    });
    expect(JSON.stringify(preview)).not.toContain('hunter2');
    expect(preview.shell).toContain('-u ENABLE_PERFECT_ROUTER');
    expect(preview.environment).toEqual([{ name: 'HF_TOKEN', value: MASK }]);
    expect(preview.runnable).toBe(true);
  });
});
