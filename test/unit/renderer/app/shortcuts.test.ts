// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { commandOf, type KeyStroke } from '#renderer/app/shortcuts.ts';

function stroke(key: string, held: Partial<KeyStroke> = {}): KeyStroke {
  return { key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, typing: false, ...held };
}

describe('commandOf', () => {
  it('takes Ctrl with a letter or digit', () => {
    expect(commandOf(stroke('n', { ctrlKey: true }), false)).toEqual({ kind: 'new-run' });
    expect(commandOf(stroke('O', { ctrlKey: true }), false)).toEqual({ kind: 'open' });
    expect(commandOf(stroke('l', { ctrlKey: true }), false)).toEqual({ kind: 'library' });
    expect(commandOf(stroke('Enter', { ctrlKey: true, typing: true }), false)).toEqual({ kind: 'launch' });
    expect(commandOf(stroke('3', { ctrlKey: true }), false)).toEqual({ kind: 'show-run', place: 2 });
  });

  it('takes Cmd instead of Ctrl on a Mac', () => {
    expect(commandOf(stroke('n', { metaKey: true }), true)).toEqual({ kind: 'new-run' });
    expect(commandOf(stroke('n', { ctrlKey: true }), true)).toBeNull();
    expect(commandOf(stroke('n', { metaKey: true }), false)).toBeNull();
  });

  it('leaves keys to a field that is being edited, except those that end something', () => {
    expect(commandOf(stroke('?', { shiftKey: true, typing: true }), false)).toBeNull();
    expect(commandOf(stroke('?', { shiftKey: true }), false)).toEqual({ kind: 'keys' });
    expect(commandOf(stroke('Escape', { typing: true }), false)).toEqual({ kind: 'dismiss' });
  });

  it('leaves every other key to the views and to the system', () => {
    for (const other of [
      stroke('w'),
      stroke('0', { ctrlKey: true }),
      stroke('n', { ctrlKey: true, altKey: true }),
    ]) {
      expect(commandOf(other, false)).toBeNull();
    }
    expect(commandOf(stroke('N', { ctrlKey: true, shiftKey: true }), false)).toBeNull();
  });
});
