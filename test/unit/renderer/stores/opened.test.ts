// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from 'vitest';
import type { SourceSet } from '#shared/contract/app.ts';
import { addOpened, removeOpened, useOpened } from '#renderer/stores/opened.ts';

function set(paths: readonly string[], idPrefix = 's'): SourceSet {
  return {
    title: 'files',
    sources: paths.map((path) => ({ sourceId: idPrefix + path, kind: 'trace', path, name: path })),
  };
}

describe('opened files', () => {
  beforeEach(() => {
    useOpened.setState({ sets: [] });
  });

  it('lists the same files once and renews their source ids', () => {
    const first = addOpened(set(['/a', '/b'], 'old'));
    const again = addOpened(set(['/b', '/a'], 'new'));
    expect(again).toBe(first);
    expect(useOpened.getState().sets).toHaveLength(1);
    expect(useOpened.getState().sets[0]?.set.sources[0]?.sourceId).toBe('new/b');
  });

  it('tells sets of different files apart', () => {
    addOpened(set(['/a']));
    const both = addOpened(set(['/a', '/b']));
    removeOpened(both);
    expect(useOpened.getState().sets.map((opened) => opened.key)).toEqual(['/a']);
  });
});
