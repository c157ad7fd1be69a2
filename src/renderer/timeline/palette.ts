// SPDX-License-Identifier: Apache-2.0
import { kindNames, type KindName } from '#shared/trace/kinds.ts';

/** The theme's colours as a canvas needs them: resolved once per theme from the CSS variables. */

/** Which variable colours a kind: the one table of the application. */
export const kindVariable: Readonly<Record<KindName, string>> = {
  other: '--kind-other',
  GEMM: '--kind-compute',
  attention: '--kind-attention',
  MoE: '--kind-moe',
  norm: '--kind-norm',
  elementwise: '--kind-compute',
  reduction: '--kind-compute',
  indexing: '--kind-compute',
  sampling: '--kind-sampling',
  'other compute': '--kind-compute',
  communication: '--kind-communication',
  'memory copy': '--kind-memory',
  'memory set': '--kind-memory',
  synchronization: '--kind-sync',
  'runtime API': '--kind-api',
  'graph launch': '--kind-api',
  operator: '--kind-api',
  annotation: '--kind-range',
  'step marker': '--kind-range',
  'garbage collection': '--kind-gc',
  GIL: '--kind-gc',
  Python: '--kind-range',
  'profiler overhead': '--kind-sync',
};

const surfaceVariables = {
  background: '--surface',
  gutter: '--surface-raised',
  header: '--bg',
  border: '--border',
  text: '--text',
  muted: '--text-muted',
  faint: '--text-faint',
  accent: '--accent',
  accentSoft: '--accent-soft',
  band: '--band',
  bandContext: '--band-context',
  scroll: '--border-strong',
  context: '--kind-communication',
  generation: '--kind-compute',
  mark: '--warning',
  note: '--good',
} as const;

export interface Palette extends Readonly<Record<keyof typeof surfaceVariables, string>> {
  /** By kind code. */
  readonly kinds: readonly string[];
  /** Text colour that reads on each kind, by kind code. */
  readonly onKinds: readonly string[];
  readonly font: string;
}

/** Relative luminance of `#rrggbb` (WCAG). */
export function luminance(hex: string): number {
  const channel = (from: number): number => {
    const value = Number.parseInt(hex.slice(from, from + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

/** The one of two text colours with the higher contrast on a background. */
export function readableOn(background: string, dark: string, light: string): string {
  const of = luminance(background);
  const onDark = (of + 0.05) / (luminance(dark) + 0.05);
  const onLight = (luminance(light) + 0.05) / (of + 0.05);
  return onDark >= onLight ? dark : light;
}

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const variable = (name: string): string => style.getPropertyValue(name).trim();
  const kinds = kindNames.map((kind) => variable(kindVariable[kind]));
  const dark = variable('--on-kind');
  const surfaces = Object.fromEntries(
    Object.entries(surfaceVariables).map(([key, name]) => [key, variable(name)]),
  ) as Record<keyof typeof surfaceVariables, string>;
  return {
    ...surfaces,
    kinds,
    onKinds: kinds.map((colour) => readableOn(colour, dark, '#ffffff')),
    font: variable('--font-ui'),
  };
}
