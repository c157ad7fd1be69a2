// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { defaultForm } from '#main/launch/default-form.ts';
import { planLaunch } from '#main/launch/plan.ts';
import { readRecipe } from '#main/launch/recipe-file.ts';
import { places, recipeOf } from '../../builders/recipe.ts';

const load = {
  name: 'load',
  title: 'Load',
  role: 'load',
  program: { kind: 'named', name: 'bench' },
  args: ['run', { parameters: ['model'] }],
};
const server = {
  name: 'server',
  title: 'Server',
  role: 'serve',
  program: { kind: 'named', name: '{python}' },
  args: ['--port', '{port}'],
  ready: { port: '{port}' },
};
const text = (name: string, more: object = {}): object => ({
  type: 'text',
  name,
  label: name,
  help: name,
  ...more,
});
const base = {
  version: 2,
  id: 'x',
  title: 'X',
  summary: 'X.',
  parameters: [
    text('model', { argument: '--model', default: 'm' }),
    text('python', { default: 'python3' }),
    { ...text('port'), type: 'integer', default: 8000, min: 1, max: 65535 },
  ],
  steps: [server, load],
  passes: ['timing'],
  artifacts: [],
};

describe('a recipe file', () => {
  test('of version 1 gives the same command as its successor', () => {
    const old = recipeOf(JSON.parse(readFileSync('test/fixtures/recipes/version-1.json', 'utf8')));
    const now = recipeOf(JSON.parse(readFileSync('assets/recipes/embedded-moe-engine.json', 'utf8')));
    const planned = (recipe: typeof old) => {
      const form = {
        ...defaultForm(recipe),
        window: '20+10',
        torchTrace: true,
        expertStatistics: true,
        perfectRouter: true,
      };
      const { program, args, environment } = planLaunch(recipe, form, places).main;
      return { program, args, environment };
    };
    expect(planned(old)).toEqual(planned(now));
    expect(planned(old).environment).toHaveLength(5);
  });

  test('of a version to come is refused by its number', () => {
    expect(readRecipe({ ...base, version: 3 })).toEqual({
      ok: false,
      message: 'it is of version 3: this Iterscope knows versions 1 and 2',
    });
  });

  test('that is right plans every step', () => {
    const recipe = recipeOf(base);
    const plan = planLaunch(recipe, defaultForm(recipe), places);
    expect(plan.steps).toMatchObject([
      {
        name: 'server',
        program: 'python3',
        args: ['--port', '8000'],
        ready: { port: 8000, path: '/health' },
      },
      { name: 'load', program: 'bench', args: ['run', '--model', 'm'] },
    ]);
    expect(plan.main.name).toBe('load');
  });

  test.each([
    ['at steps', { steps: undefined }],
    ['come first', { steps: [load, server] }],
    ['no step is the load', { steps: [server] }],
    ['two steps are named "load"', { steps: [server, load, load] }],
    ['two parameters are named "model"', { parameters: [...base.parameters, text('model')] }],
    [
      'uses "depth", which is no parameter',
      { steps: [{ ...load, args: ['{depth}', { parameters: ['model'] }] }] },
    ],
    ['"ready" says when', { steps: [{ ...server, ready: undefined }, load] }],
    ['has an option that no step is given', { steps: [{ ...load, args: [] }] }],
    [
      'more than one of',
      {
        parameters: [text('model', { argument: '--model', variable: 'MODEL' }), ...base.parameters.slice(1)],
      },
    ],
    ['no yaml file', { parameters: [...base.parameters, text('log', { yaml: 'print_iter_log' })] }],
    ['names no step: "gate"', { profiledStep: 'gate' }],
    ['"era" is used, but is no parameter', { eraParameter: 'era' }],
    [
      'recorder "nsight" gives arguments to "gate"',
      { recorders: { nsight: { args: { gate: ['--profile'] } } } },
    ],
    [
      'recorder "nsight" uses "depth"',
      { recorders: { nsight: { environment: [{ name: 'A', value: '{depth}' }] } } },
    ],
    [
      'lacks a group named "value"',
      { steps: [{ ...load, log: [{ name: 'r', means: 'figure', pattern: 'x', label: 'X', unit: 's' }] }] },
    ],
    [
      'log rule "r"',
      { steps: [{ ...load, log: [{ name: 'r', means: 'marker', pattern: String.raw`(a)\1`, text: 'X' }] }] },
    ],
  ])('is refused: %s', (part, change) => {
    const reading = readRecipe({ ...base, ...change });
    expect(reading.ok ? '' : reading.message).toContain(part);
  });
});
