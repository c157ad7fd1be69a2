// SPDX-License-Identifier: Apache-2.0
import { comparisonPictures } from '#shared/charts/comparison-pictures.ts';
import type { ComparisonPicture } from '#shared/charts/comparison-pictures.ts';
import type { ChartOption, ChartTheme } from '#shared/charts/theme.ts';
import { escaped, table } from './html.ts';
import type { ComparisonReport } from './report.ts';

/** The charts of a report. Their colours are variables of its style, so that light, dark and paper each have theirs. */

/** Makes the text of an SVG element of an option; given, so that this room stays free of the chart library. */
export type Draw = (option: ChartOption, widthPx: number, heightPx: number) => string;

const WIDTH = 820;

const theme: ChartTheme = {
  text: 'var(--ink)',
  muted: 'var(--quiet)',
  faint: 'var(--quiet)',
  border: 'var(--line)',
  borderStrong: 'var(--quiet)',
  surface: 'var(--paper)',
  raised: 'var(--paper)',
  accent: 'var(--mark)',
  accentSoft: 'var(--line)',
  compute: 'var(--a)',
  communication: 'var(--b)',
  memory: 'var(--good)',
  idle: 'var(--line)',
  context: 'var(--b)',
  generation: 'var(--a)',
  good: 'var(--good)',
  bad: 'var(--bad)',
  font: 'system-ui, sans-serif',
  series: ['var(--a)', 'var(--good)', 'var(--mark)', 'var(--b)'],
};

function figure(
  { title, variant, note, heightPx, build, table: figures }: ComparisonPicture,
  draw: Draw,
): string {
  const name = variant === '' ? title : `${title}: ${variant}`;
  const svg = draw(build(theme), WIDTH, heightPx).replace(
    '<svg ',
    `<svg role="img" aria-label="${escaped(name)}" `,
  );
  return (
    `<figure><h3>${escaped(name)}</h3><p class="quiet">${escaped(note)}</p>${svg}` +
    `<details><summary>As a table<span class="unseen">: ${escaped(name)}</span></summary>${table(figures.head, figures.rows)}</details></figure>`
  );
}

/** All charts, each with its figures as a table; empty without any. */
export function chartFigures({ comparison, answer }: ComparisonReport, draw: Draw): string {
  const { a, b } = comparison.request;
  return comparisonPictures(answer, { a: a.label, b: b.label })
    .map((picture) => figure(picture, draw))
    .join('\n');
}
