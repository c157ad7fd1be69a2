// SPDX-License-Identifier: Apache-2.0
import { formatChange } from '#shared/base/units.ts';
import type { ComparedFigure, ComparisonAnswer } from '#shared/contract/comparison.ts';
import { escaped, list, section, table } from './html.ts';
import { chartFigures } from './report-charts.ts';
import type { Draw } from './report-charts.ts';
import { reportStyle } from './report-style.ts';
import {
  estimateText,
  figureRow,
  intervalText,
  iterationRow,
  loadRows,
  methodText,
  numberText,
  shownFigures,
  suspectTexts,
  whyRows,
  workRows,
} from './report.ts';
import type { ComparisonReport } from './report.ts';

/**
 * A comparison as one HTML file: no script, nothing loaded, light and dark, prints. Everything that comes
 * from a run or a user is escaped; a policy in the file forbids the rest.
 */

const WIDTH = 720;
const ROW = 26;
const LEFT = 200;

/** The effects of all figures with their intervals on one axis of percent, and a line at zero. */
function forestPlot(figures: readonly ComparedFigure[]): string {
  const shown = figures.flatMap(({ label, effect }) => (effect === null ? [] : [{ label, effect }]));
  if (shown.length === 0) return '';
  const ends = shown.flatMap(({ effect }) => [effect.low, effect.high, 0]);
  const least = ends.reduce((low, end) => Math.min(low, end), 0);
  const most = ends.reduce((high, end) => Math.max(high, end), 0);
  const room = Math.max(most - least, 0.001) * 0.08;
  const span = most - least + 2 * room;
  const x = (ratio: number): number => LEFT + ((ratio - least + room) / span) * (WIDTH - LEFT - 10);
  const rows = shown.map(({ label, effect }, index) => {
    const y = ROW * index + ROW / 2;
    const at = (ratio: number): string => x(ratio).toFixed(1);
    return (
      `<text x="${(LEFT - 10).toString()}" y="${(y + 4).toString()}" text-anchor="end">${escaped(label)}</text>` +
      `<line class="interval" x1="${at(effect.low)}" x2="${at(effect.high)}" y1="${y.toString()}" y2="${y.toString()}"/>` +
      `<circle cx="${at(effect.ratio)}" cy="${y.toString()}" r="4"><title>${escaped(`${label}: ${formatChange(effect.ratio)} (${intervalText(effect)})`)}</title></circle>`
    );
  });
  const height = ROW * shown.length;
  const marks = [least, 0, most].filter((mark, index, all) => all.indexOf(mark) === index);
  const axis = marks.map(
    (mark) =>
      `<text x="${x(mark).toFixed(1)}" y="${(height + 16).toString()}" text-anchor="middle">${escaped(formatChange(mark))}</text>`,
  );
  const zero = `<line class="zero" x1="${x(0).toFixed(1)}" x2="${x(0).toFixed(1)}" y1="0" y2="${height.toString()}"/>`;
  return `<svg class="forest" role="img" aria-label="Effects with intervals" viewBox="0 0 ${WIDTH.toString()} ${(height + 22).toString()}">${zero}${rows.join('')}${axis.join('')}</svg>`;
}

function whySection({ why }: ComparisonAnswer, a: string, b: string): string {
  if (why === null) return '';
  const head = ['Part of an iteration', `${a} (ms)`, `${b} (ms)`, 'Difference (ms)'];
  const work = workRows(why);
  const workHead = ['Kernel or operator', 'Kind', ...head.slice(1)];
  const load = loadRows(why);
  const experts =
    load.length === 0
      ? ''
      : `${table(['Expert load, mean over layers', a, b], load)}<p>${escaped(estimateText(why))}</p>`;
  return `${table(head, whyRows(why))}${work.length === 0 ? '' : table(workHead, work)}${experts}<p class="quiet">${escaped(why.scope)}. Profiled passes explain; they are not timed.</p>`;
}

function iterationTable({ iterations }: ComparisonAnswer, a: string, b: string): string {
  if (iterations.length === 0) return '';
  const head = [
    'Batch: context + generation tokens',
    `n ${a}`,
    `n ${b}`,
    `${a} (ms)`,
    `${b} (ms)`,
    'Effect',
    'Interval',
  ];
  return table(head, iterations.map(iterationRow));
}

function passTable({ comparison, answer }: ComparisonReport): string {
  const { primary } = answer;
  if (primary === null) return '';
  const { a, b } = comparison.request;
  const rows = primary.a.map((value, index) => [
    (index + 1).toString(),
    numberText(value),
    numberText(primary.b[index] ?? null),
  ]);
  return table(['Block', `${a.label} (${primary.unit})`, `${b.label} (${primary.unit})`], rows);
}

/** The whole file; `draw` makes the pictures of its charts. */
export function htmlReport(report: ComparisonReport, draw: Draw): string {
  const { comparison, answer, commands } = report;
  const { a, b } = comparison.request;
  const primary = answer.primary?.effect ?? null;
  const figures = shownFigures(answer);
  const differences = answer.differences.map((found) => [found.name, found.a, found.b]);
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">',
    `<title>${escaped(comparison.title)}</title><style>${reportStyle}</style></head><body><main>`,
    `<header><h1>${escaped(comparison.title)}</h1><p class="quiet">${escaped(comparison.createdAt)}</p></header>`,
    primary === null
      ? ''
      : `<p class="effect">${escaped(formatChange(primary.ratio))}<small>${escaped(intervalText(primary))}</small></p>`,
    `<p class="answer">${escaped(answer.headline)}</p>`,
    section(
      'Figures',
      forestPlot(figures) + table(['Figure', a.label, b.label, 'Effect', 'Interval'], figures.map(figureRow)),
    ),
    section('Blocks', passTable(report)),
    section('Charts', chartFigures(report, draw)),
    section('Why', whySection(answer, a.label, b.label)),
    section('Iterations of the same batch', iterationTable(answer, a.label, b.label)),
    section('Differences', differences.length === 0 ? '' : table(['Name', a.label, b.label], differences)),
    section('Suspect passes', list(suspectTexts(report))),
    section('Confounders', list(answer.confounders)),
    section('Notes', list(answer.notes)),
    section('How', `<p>${escaped(methodText(comparison, primary))}</p>`),
    section(
      'Commands',
      commands.map(({ title, shell }) => `<h3>${escaped(title)}</h3><pre>${escaped(shell)}</pre>`).join(''),
    ),
    '</main></body></html>\n',
  ].join('\n');
}
