// SPDX-License-Identifier: Apache-2.0

/** Moving and selecting in the table by keys: pure. */

const PAGE = 12;

/** The row that a key leads to; null when the key moves nothing. Without an active row, either end. */
export function rowAfter(key: string, active: number, count: number): number | null {
  if (count === 0) return null;
  const last = count - 1;
  const from = active < 0 ? (key === 'ArrowUp' ? count : -1) : active;
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    PageDown: from + PAGE,
    PageUp: from - PAGE,
    Home: 0,
    End: last,
  };
  const target = targets[key];
  return target === undefined ? null : Math.min(Math.max(target, 0), last);
}

/** The ids from one row to another, both among them, in the order of the rows. */
export function between(ids: readonly string[], from: number, to: number): readonly string[] {
  return ids.slice(Math.max(0, Math.min(from, to)), Math.max(from, to) + 1);
}

/** What an action is done with: the selected runs that are shown, else the one that the keys are at. */
export function targetsOf(
  shown: readonly string[],
  selected: ReadonlySet<string>,
  active: string | null,
): readonly string[] {
  const chosen = shown.filter((id) => selected.has(id));
  if (chosen.length > 0) return chosen;
  return active !== null && shown.includes(active) ? [active] : [];
}
