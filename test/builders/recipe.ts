// SPDX-License-Identifier: Apache-2.0
import type { Recipe } from '#shared/contract/recipe.ts';
import type { LaunchForm } from '#shared/contract/launch.ts';
import { defaultForm } from '#main/launch/default-form.ts';
import { readRecipe } from '#main/launch/recipe-file.ts';
import type { LaunchPlaces } from '#main/launch/steps.ts';

/** A small recipe with one parameter of each type. */
export function makeRecipe(): Recipe {
  return recipeOf({
    version: 1,
    id: 'engine',
    title: 'Engine',
    summary: 'An engine for tests.',
    program: { kind: 'bundled', name: 'moe-engine' },
    eraParameter: 'era',
    defaultWindow: '20+10',
    iterationsParameter: 'iterations',
    parameters: [
      {
        name: 'iterations',
        label: 'Iterations',
        help: 'How many.',
        type: 'integer',
        argument: '--iterations',
        default: 100,
        min: 1,
        max: 1000,
      },
      {
        name: 'skew',
        label: 'Skew',
        help: 'How skewed.',
        type: 'number',
        argument: '--router-skew',
        default: 1.5,
        min: 0,
        max: 10,
      },
      {
        name: 'era',
        label: 'Era',
        help: 'Which behaviour.',
        type: 'choice',
        argument: '--era',
        default: 'e1',
        choices: ['e1', 'e2', 'e3'].map((value) => ({ value, label: value })),
      },
    ],
    artifacts: [{ kind: 'kineto-trace', pattern: 'trace*.json' }],
  });
}

export function makeForm(changes: Partial<LaunchForm> = {}): LaunchForm {
  return { ...defaultForm(makeRecipe()), ...changes };
}

/** A recipe file of any version, which has to be right. */
export function recipeOf(file: unknown): Recipe {
  const reading = readRecipe(file);
  if (!reading.ok) throw new Error(reading.message);
  return reading.recipe;
}

export const places: LaunchPlaces = {
  assetsFolder: '/opt/iterscope/assets',
  nativeFolder: '/opt/iterscope/bin',
  bundled: (name) => `/opt/iterscope/bin/${name}`,
  gpuMetricsOption: '--gpu-metrics-devices',
};
