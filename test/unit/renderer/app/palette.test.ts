// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from 'vitest';
import { matching, scoreOf } from '#renderer/app/palette-match.ts';
import { commandOf as windowCommandOf, windowCommands, windowKeys } from '#renderer/app/shortcuts.ts';
import { timelineCommands, timelineKeys } from '#renderer/features/trace/model/timeline-commands.ts';
import { offerCommands, offeredCommands } from '#renderer/stores/offers.ts';
import { rememberCommand, usePalette } from '#renderer/stores/palette.ts';
import { commandOf as timelineCommandOf } from '#renderer/timeline/input.ts';

const command = (id: string, title: string, group = 'Window') => ({ id, title, group });
const commands = [
  command('new', 'New run'),
  command('next', 'Next iteration', 'Timeline'),
  command('fit', 'Fit the selection, or everything', 'Timeline'),
  command('tab', 'Show Timeline', 'This run'),
];
const idsOf = (typed: string, recent: readonly string[] = []) =>
  matching(typed, commands, recent).map(({ id }) => id);

describe('matching', () => {
  it('needs every word, in any order, from title and group', () => {
    expect(idsOf('iteration next')).toEqual(['next']);
    expect(idsOf('timeline fit')).toEqual(['fit']);
    expect(idsOf('timeline bogus')).toEqual([]);
  });

  it('puts a whole word before a beginning, a middle and letters that follow one another', () => {
    const scores = ['run', 'runs again', 'rerun', 'return'].map((title) =>
      scoreOf('run', { id: '', title, group: '' }),
    );
    expect(scores).toEqual([8, 6, 4, 2]);
    expect(scoreOf('run', { id: '', title: 'urn', group: '' })).toBe(0);
  });

  it('puts what is in the title before what is in the group', () => {
    expect(idsOf('timeline')).toEqual(['tab', 'next', 'fit']);
  });

  it('begins with what was used lately, and keeps the order of the rest', () => {
    expect(idsOf('', ['fit', 'next'])).toEqual(['fit', 'next', 'new', 'tab']);
    expect(idsOf('  ')).toEqual(['new', 'next', 'fit', 'tab']);
    expect(idsOf('timeline', ['fit'])).toEqual(['tab', 'fit', 'next']);
  });

  it('knows letters beyond English', () => {
    expect(matching('größe', [command('x', 'Größe der Zeilen')], [])).toHaveLength(1);
  });
});

describe('recently used commands', () => {
  beforeEach(() => usePalette.setState({ recent: [] }));

  it('are kept once, the last first, and not without end', () => {
    for (const id of ['a', 'b', 'a']) rememberCommand(id);
    expect(usePalette.getState().recent).toEqual(['a', 'b']);
    for (let index = 0; index < 20; index += 1) rememberCommand(`${index}`);
    expect(usePalette.getState().recent).toHaveLength(8);
    expect(usePalette.getState().recent[0]).toBe('19');
  });
});

describe('offered commands', () => {
  it('are asked for when they are needed, the newest offer first, and gone when they are withdrawn', () => {
    const titles = ['Before'];
    const perform = (): void => undefined;
    const end = offerCommands(() => titles.map((title) => ({ id: title, title, group: 'Test', perform })));
    titles.push('After');
    expect(offeredCommands().map(({ title }) => title)).toEqual(['Before', 'After']);
    const endSame = offerCommands(() => [{ id: 'After', title: 'Again', group: 'Test', perform }]);
    expect(offeredCommands().map(({ title }) => title)).toEqual(['Again', 'Before']);
    end();
    endSame();
    expect(offeredCommands()).toEqual([]);
  });
});

const ARROWS: Readonly<Record<string, string>> = { '←': 'ArrowLeft', '→': 'ArrowRight' };

/** The stroke that the help's words name. */
function strokeOf(keys: string) {
  const parts = keys.split('+');
  const key = parts.at(-1) ?? '';
  const held = (name: string): boolean => parts.slice(0, -1).includes(name);
  const rest = { altKey: held('Alt'), shiftKey: held('Shift'), metaKey: false, typing: false };
  return { key: ARROWS[key] ?? key, ctrlKey: held('Mod'), ...rest };
}

describe('the keys that the help and the palette name', () => {
  it('do in the window what they say', () => {
    for (const { command: meant, keys } of windowCommands) {
      expect(windowCommandOf(strokeOf(keys), false), keys).toEqual(meant);
    }
    expect(windowCommandOf(strokeOf('Mod+K'), false)).toEqual({ kind: 'palette' });
    expect(windowKeys.map(([keys]) => keys)).toContain('Mod+K');
  });

  it('do on the timeline what they say', () => {
    expect(timelineKeys.length).toBeGreaterThan(10);
    for (const { command: meant, keys } of timelineCommands) {
      expect(timelineCommandOf(strokeOf(keys)), keys).toBe(meant);
    }
  });
});
