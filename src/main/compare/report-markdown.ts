// SPDX-License-Identifier: Apache-2.0
import { figureRow, headline, intervalText, methodText, numberText, percentText } from './report.ts';
import type { ComparisonReport } from './report.ts';

/** A comparison as Markdown, for a pull request. */

const MOST_ITERATION_ROWS = 12;

/** Text from elsewhere must not become markup. */
const escaped = (text: string): string => text.replace(/[\\`*_{}[\]<>|#]/g, String.raw`\$&`);

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`;
  const rule = head.map((_, index) => (index === 0 ? '---' : '--:'));
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line), ''];
}

function list(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`**${title}**`, '', ...items.map((item) => `- ${escaped(item)}`), ''];
}

/** A fence longer than any run of backticks inside. */
function fenced(text: string): string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}bash`, text, fence, ''];
}

function whyLines({ answer }: ComparisonReport, a: string, b: string): string[] {
  if (answer.why === null) return [];
  const { causes, wholeMsA, wholeMsB, scope } = answer.why;
  const row = (name: string, msA: number, msB: number): string[] => [
    name,
    numberText(msA),
    numberText(msB),
    numberText(msB - msA),
  ];
  return [
    '### Why',
    '',
    ...table(
      ['Part of an iteration', `${a} (ms)`, `${b} (ms)`, 'Difference (ms)'],
      [
        ...causes.map(({ name, msA, msB }) => row(name, msA, msB)),
        row('Whole iteration', wholeMsA, wholeMsB),
      ],
    ),
    escaped(`${scope}. Profiled passes explain; they are not timed.`),
    '',
  ];
}

export function markdownReport(report: ComparisonReport): string {
  const { comparison, answer, commands } = report;
  const { a, b } = comparison.request;
  const iterations = answer.iterations
    .slice(0, MOST_ITERATION_ROWS)
    .map((row) => [
      `${row.kind}, ${row.contextTokens.toString()} + ${row.generationTokens.toString()}`,
      row.countA.toString(),
      row.countB.toString(),
      numberText(row.medianMsA),
      numberText(row.medianMsB),
      row.effect === null ? '–' : percentText(row.effect.ratio),
      intervalText(row.effect),
    ]);
  return [
    `## ${escaped(comparison.title)}`,
    '',
    escaped(headline(report)),
    '',
    ...table(
      ['Figure', a.label, b.label, 'Effect', 'Interval'],
      answer.figures.map((figure) =>
        figureRow(figure.label === answer.primary?.label ? answer.primary : figure),
      ),
    ),
    ...list(
      'Differences',
      answer.differences.map(({ name, a: from, b: to }) => `${name}: ${from} → ${to}`),
    ),
    ...list(
      'Suspect passes',
      answer.suspects.map(
        ({ block, arm, reason }) =>
          `block ${block.toString()}, ${arm === 'a' ? a.label : b.label}: ${reason}`,
      ),
    ),
    ...list('Confounders', answer.confounders),
    ...list('Notes', answer.notes),
    ...whyLines(report, a.label, b.label),
    ...(iterations.length === 0
      ? []
      : [
          '### Iterations of the same batch (context + generation tokens)',
          '',
          ...table(
            [
              'Batch',
              `n ${a.label}`,
              `n ${b.label}`,
              `${a.label} (ms)`,
              `${b.label} (ms)`,
              'Effect',
              'Interval',
            ],
            iterations,
          ),
        ]),
    '### How',
    '',
    escaped(methodText(comparison, answer.primary?.effect ?? null)),
    '',
    ...commands.flatMap(({ title, shell }) => [`${escaped(title)}:`, '', ...fenced(shell)]),
  ].join('\n');
}
