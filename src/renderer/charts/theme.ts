// SPDX-License-Identifier: Apache-2.0

import type { ChartTheme } from '#shared/charts/theme.ts';

/** The theme's colours for charts, resolved from the CSS variables; option builders take them as data. */

type NamedColour = Exclude<keyof ChartTheme, 'series'>;

const variables = {
  text: '--text',
  muted: '--text-muted',
  faint: '--text-faint',
  border: '--border',
  borderStrong: '--border-strong',
  surface: '--surface',
  raised: '--surface-raised',
  accent: '--accent',
  accentSoft: '--accent-soft',
  compute: '--kind-compute',
  communication: '--kind-communication',
  memory: '--kind-memory',
  idle: '--kind-idle',
  context: '--kind-communication',
  generation: '--kind-compute',
  good: '--good',
  bad: '--bad',
  font: '--font-ui',
} as const satisfies Readonly<Record<NamedColour, string>>;

/** One after the other for things that are only to be told apart, such as ranks. */
const seriesVariables = [
  '--kind-gemm',
  '--kind-memory',
  '--kind-attention',
  '--kind-communication',
  '--kind-norm',
  '--kind-sampling',
  '--kind-moe',
  '--kind-other',
] as const;

export function readChartTheme(element: Element): ChartTheme {
  const style = getComputedStyle(element);
  const value = (name: string): string => style.getPropertyValue(name).trim();
  const named = Object.fromEntries(
    Object.entries(variables).map(([key, name]) => [key, value(name)]),
  ) as Record<NamedColour, string>;
  return { ...named, series: seriesVariables.map(value) };
}
