// SPDX-License-Identifier: Apache-2.0

/** The typed first and last iteration, judged. */

export interface IterationBounds {
  readonly first: number;
  readonly last: number;
}

export type WindowCheck =
  | { readonly window: IterationBounds; readonly message: null }
  | { readonly window: null; readonly message: string };

/** What a window that was chosen for the whole run comes to here; all iterations where nothing was chosen. */
export function windowWithin(
  chosen: IterationBounds | null,
  bounds: IterationBounds,
): { readonly window: IterationBounds; readonly message: string | null } {
  if (chosen === null) return { window: bounds, message: null };
  const asked = `${chosen.first} to ${chosen.last}`;
  const window = {
    first: Math.max(chosen.first, bounds.first),
    last: Math.min(chosen.last, bounds.last),
  };
  if (window.first > window.last) {
    return {
      window: bounds,
      message: `Of the chosen iterations ${asked} the statistics hold none: all of ${bounds.first} to ${bounds.last} are shown.`,
    };
  }
  const cut = window.first !== chosen.first || window.last !== chosen.last;
  return {
    window,
    message: cut
      ? `Of the chosen iterations ${asked} the statistics hold ${window.first} to ${window.last}.`
      : null,
  };
}

const WHOLE = /^\d+$/;

/** Both iterations belong to the window. What is wrong is said in a sentence that names the bounds. */
export function checkWindow(from: string, to: string, bounds: IterationBounds): WindowCheck {
  const recorded = `${bounds.first} to ${bounds.last}`;
  if (!WHOLE.test(from.trim()) || !WHOLE.test(to.trim())) {
    return { window: null, message: `Type whole numbers from ${recorded}.` };
  }
  const first = Number(from);
  const last = Number(to);
  if (first > last) return { window: null, message: 'The first iteration comes after the last.' };
  if (first < bounds.first || last > bounds.last) {
    return { window: null, message: `The statistics hold iterations ${recorded}.` };
  }
  return { window: { first, last }, message: null };
}
