// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { stepped } from '#renderer/widgets/NumberField.tsx';

describe('stepped', () => {
  it('moves by one and stops at the bounds', () => {
    expect(stepped('7', 1, 1, 8)).toBe('8');
    expect(stepped('8', 1, 1, 8)).toBe('8');
    expect(stepped('900', -1, 1, 8)).toBe('8');
    expect(stepped(' 1 ', -1, 1, 8)).toBe('1');
  });

  it('leaves alone what is no number', () => {
    expect(stepped('', 1, 1, 8)).toBeNull();
    expect(stepped('2x', 1, 1, 8)).toBeNull();
  });
});
