// SPDX-License-Identifier: Apache-2.0

/**
 * How the user arranged the tracks: an immutable value that names tracks by keys which are the same in every
 * trace of a kind, so that it can be kept and used for the next one.
 */

export type RowHeight = 'compact' | 'normal' | 'tall';

export interface Arrangement {
  /** Groups and deep tracks that the user closed (true) or opened; others are as they are by default. */
  readonly collapsed: Readonly<Record<string, boolean>>;
  readonly hidden: readonly string[];
  /** Tracks that stay at the top, in their order there. */
  readonly pinned: readonly string[];
  /** Keys of children in the user's order, by key of their parent. */
  readonly order: Readonly<Record<string, readonly string[]>>;
  readonly rowHeight: RowHeight;
}

export const NO_ARRANGEMENT: Arrangement = {
  collapsed: {},
  hidden: [],
  pinned: [],
  order: {},
  rowHeight: 'normal',
};

const HEIGHTS: readonly RowHeight[] = ['compact', 'normal', 'tall'];

export const withCollapsed = (from: Arrangement, key: string, collapsed: boolean): Arrangement => ({
  ...from,
  collapsed: { ...from.collapsed, [key]: collapsed },
});

export const withHidden = (from: Arrangement, key: string): Arrangement => ({
  ...from,
  hidden: [...from.hidden.filter((each) => each !== key), key],
});

export const withAllShown = (from: Arrangement): Arrangement => ({ ...from, hidden: [] });

export const withPinToggled = (from: Arrangement, key: string): Arrangement => ({
  ...from,
  pinned: from.pinned.includes(key) ? from.pinned.filter((each) => each !== key) : [...from.pinned, key],
});

export const withRowHeight = (from: Arrangement, rowHeight: RowHeight): Arrangement => ({
  ...from,
  rowHeight,
});

export function withNextHeight(from: Arrangement): Arrangement {
  const next = HEIGHTS[(HEIGHTS.indexOf(from.rowHeight) + 1) % HEIGHTS.length] ?? 'normal';
  return withRowHeight(from, next);
}

/** One place of a list moved to another; the list itself when there is no such place. */
function moved(keys: readonly string[], key: string, to: number): readonly string[] {
  const from = keys.indexOf(key);
  if (from < 0 || to < 0 || to >= keys.length || to === from) return keys;
  return keys.toSpliced(from, 1).toSpliced(to, 0, key);
}

/** Moves a track among its siblings (as they are shown now), or a pinned one among the pinned. */
export function withMoved(
  from: Arrangement,
  key: string,
  parentKey: string,
  siblings: readonly string[],
  to: number,
): Arrangement {
  if (from.pinned.includes(key)) return { ...from, pinned: moved(from.pinned, key, to) };
  return { ...from, order: { ...from.order, [parentKey]: moved(siblings, key, to) } };
}

/** Opens everything that keeps a row from being seen. */
export function withRevealed(from: Arrangement, path: readonly string[]): Arrangement {
  const opened = Object.fromEntries(path.map((key) => [key, false]));
  return {
    ...from,
    hidden: from.hidden.filter((key) => !path.includes(key)),
    collapsed: { ...from.collapsed, ...opened },
  };
}

const MAX_KEPT = 10_000;
const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string').slice(0, MAX_KEPT) : [];

const entries = (value: unknown): (readonly [string, unknown])[] =>
  typeof value === 'object' && value !== null ? Object.entries(value).slice(0, MAX_KEPT) : [];

/** Reads a kept arrangement; whatever is not one is left out. */
export function parseArrangement(text: string | null): Arrangement {
  let kept: Partial<Record<keyof Arrangement, unknown>>;
  try {
    const parsed: unknown = JSON.parse(text ?? '{}');
    kept = typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return NO_ARRANGEMENT;
  }
  return {
    collapsed: Object.fromEntries(
      entries(kept.collapsed).filter((entry): entry is [string, boolean] => typeof entry[1] === 'boolean'),
    ),
    hidden: texts(kept.hidden),
    pinned: texts(kept.pinned),
    order: Object.fromEntries(entries(kept.order).map(([key, keys]) => [key, texts(keys)])),
    rowHeight: HEIGHTS.find((height) => height === kept.rowHeight) ?? 'normal',
  };
}
