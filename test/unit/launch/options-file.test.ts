// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineChanges, mergeOptions, yamlOptions } from '#main/launch/options-file.ts';
import type { RecipeParameter } from '#shared/contract/recipe-parameter.ts';
import { makeRecipe } from '../../builders/recipe.ts';

const merged = (base: string, ...options: [string, unknown][]): string => {
  const result = mergeOptions(
    base,
    options.map(([key, value]) => ({ path: key.split('.'), value })),
  );
  return result.ok ? result.text : `refused: ${result.message}`;
};

describe('mergeOptions', () => {
  test('keeps comments, order and what it is not told of', () => {
    const base =
      '# mine\nkv_cache_config: # cache\n  free_gpu_memory_fraction: 0.8\nprint_iter_log: false # off\n';
    expect(merged(base, ['print_iter_log', true], ['moe_config.backend', 'TRTLLM'])).toBe(
      '# mine\nkv_cache_config:\n  # cache\n  free_gpu_memory_fraction: 0.8\nprint_iter_log: true # off\nmoe_config:\n  backend: TRTLLM\n',
    );
  });

  test('begins a file where there is none', () => {
    expect(merged('', ['print_iter_log', true], ['cuda_graph_config', null])).toBe(
      'print_iter_log: true\ncuda_graph_config: null\n',
    );
    expect(merged('# only a comment\n', ['a', 1])).toBe('# only a comment\n\na: 1\n');
    expect(merged('moe_config:\n', ['moe_config.backend', 'X'])).toBe('moe_config:\n  backend: X\n');
  });

  test('refuses what is no mapping, in words', () => {
    expect(merged('a: [1\n', ['b', 1])).toContain('is not YAML in line');
    expect(merged('- a\n', ['b', 1])).toContain('no keys at its top');
    expect(merged('moe_config: fast\n', ['moe_config.backend', 'X'])).toContain(
      '"moe_config" has a value of its own',
    );
  });
});

describe('lineChanges', () => {
  test('shows what goes and comes', () => {
    const lines = lineChanges('a\nb\nc\n', 'a\nB\nc\nd\n');
    expect(lines.map(({ change, text }) => `${change[0] ?? ''} ${text}`)).toEqual([
      's a',
      'r b',
      'a B',
      's c',
      'a d',
    ]);
    expect(lineChanges('', 'a\n')).toEqual([{ change: 'added', text: 'a' }]);
  });

  test('holds both texts, whatever they are', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 12 })
      .map((lines) => `${lines.join('\n')}\n`);
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = lineChanges(before, after);
        const side = (gone: string): string =>
          lines
            .filter(({ change }) => change !== gone)
            .map((line) => `${line.text}\n`)
            .join('');
        expect([side('added'), side('removed')]).toEqual([before, after]);
      }),
    );
  });
});

test('options that were made to be slow or deep are told, not worked on', () => {
  for (const level of ['[', '{a: ', '- ', '? '])
    expect(mergeOptions(level.repeat(50_000), [])).toMatchObject({ ok: false });
  const values = new Map([['depth', '['.repeat(50_000)]]);
  const parameter = { ...makeRecipe().parameters[0], name: 'depth', yaml: 'a.b' } as RecipeParameter;
  const recipe = { ...makeRecipe(), parameters: [parameter] };
  expect(yamlOptions(recipe, values)).toEqual([{ path: ['a', 'b'], value: values.get('depth') }]);
  const bomb = `a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n`;
  expect(mergeOptions(bomb, [{ path: ['d'], value: 1 }])).toEqual({
    ok: true,
    text: expect.stringContaining('*b') as string,
  });
  const many = 'a\n'.repeat(200_000);
  expect(lineChanges(many, `${many}b\n`)).toHaveLength(400_001);
});
