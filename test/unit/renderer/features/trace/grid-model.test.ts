// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { nextActive, sortRows } from '#renderer/features/trace/view/grid-model.ts';

interface Row {
  readonly name: string;
  readonly time: number | null;
}
const rows: readonly Row[] = [
  { name: 'step 10', time: 5 },
  { name: 'step 9', time: null },
  { name: 'step 1', time: 7 },
];
const columns = [
  { key: 'name', value: ({ name }: Row) => name },
  { key: 'time', value: ({ time }: Row) => time },
];
const sorted = (key: string, descending: boolean) =>
  sortRows(rows, columns, { key, descending }).map(({ name }) => name);

describe('a sortable table', () => {
  test('sorts by figures, with those that have none last in both directions', () => {
    expect(sorted('time', true)).toEqual(['step 1', 'step 10', 'step 9']);
    expect(sorted('time', false)).toEqual(['step 10', 'step 1', 'step 9']);
  });

  test('sorts names as people count', () => {
    expect(sorted('name', false)).toEqual(['step 1', 'step 9', 'step 10']);
    expect(sorted('nothing', false)).toEqual(['step 10', 'step 9', 'step 1']);
  });

  test('keys move within the table and leave the others alone', () => {
    expect(nextActive('ArrowDown', 0, 3)).toBe(1);
    expect(nextActive('PageDown', 0, 3)).toBe(2);
    expect(nextActive('ArrowUp', 0, 3)).toBe(0);
    expect(nextActive('End', 0, 3)).toBe(2);
    expect(nextActive('Home', 2, 3)).toBe(0);
    expect(nextActive('x', 0, 3)).toBeNull();
    expect(nextActive('ArrowDown', 0, 0)).toBeNull();
  });
});
