// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { kindFromText, kindName, kindNames } from '#shared/trace/kinds.ts';

const source = readFileSync(new URL('../../../src/native/model/src/kind.rs', import.meta.url), 'utf8');

/** The native list as the source has it: names at the index that is their number. */
function nativeKinds(): string[] {
  const labels = new Map(
    [...source.matchAll(/Self::(\w+) => "([^"]+)"/g)].map(([, variant = '', label = '']) => [variant, label]),
  );
  const kinds: string[] = [];
  for (const [, variant = '', number = ''] of source.matchAll(/^ {4}(\w+) = (\d+),$/gm)) {
    kinds[Number(number)] = labels.get(variant) ?? `no label for ${variant}`;
  }
  return kinds;
}

test('kinds are those of the native model, number by number', () => {
  expect(nativeKinds().length).toBeGreaterThan(10);
  expect([...kindNames]).toEqual(nativeKinds());
});

test('a number or name of a newer model is other', () => {
  expect(kindName(1)).toBe('GEMM');
  expect(kindName(255)).toBe('other');
  expect(kindFromText('MoE')).toBe('MoE');
  expect(kindFromText('teleport')).toBe('other');
});
