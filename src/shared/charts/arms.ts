// SPDX-License-Identifier: Apache-2.0
import type { ChartTheme } from './theme.ts';

/** How the two arms of a comparison look in every chart: by colour, and by a form that survives without it. */

export interface ArmLabels {
  readonly a: string;
  readonly b: string;
}

export const armNames = ['a', 'b'] as const;

/** A place of its own for each arm among the colours of series, far apart. */
const PLACES = { a: 0, b: 3 } as const;

export function armColour(theme: ChartTheme, arm: 'a' | 'b'): string {
  return theme.series[PLACES[arm]] ?? theme.accent;
}

export const armLine = (theme: ChartTheme, arm: 'a' | 'b', width = 1.5) => ({
  color: armColour(theme, arm),
  width,
  type: arm === 'a' ? 'solid' : 'dashed',
});

export const armSymbol = (arm: 'a' | 'b'): string => (arm === 'a' ? 'circle' : 'diamond');

/** A legend of both arms; names of equal arms would be one entry. */
export const armSeriesName = (labels: ArmLabels, arm: 'a' | 'b'): string =>
  `${arm.toUpperCase()}: ${labels[arm]}`;
