// SPDX-License-Identifier: Apache-2.0
import type { ComparisonAnswer } from '#shared/contract/comparison.ts';
import {
  estimateText,
  figureRow,
  iterationRow,
  loadRows,
  methodText,
  shownFigures,
  suspectTexts,
  whyRows,
  workRows,
} from './report.ts';
import type { ComparisonReport } from './report.ts';

/** A comparison as Markdown, for a pull request. */

const MOST_ITERATION_ROWS = 12;

/** Text from elsewhere must not become markup. */
const escaped = (text: string): string =>
  text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>|#&]/g, String.raw`\$&`);

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

function whyLines({ why }: ComparisonAnswer, a: string, b: string): string[] {
  if (why === null) return [];
  const head = ['Part of an iteration', `${a} (ms)`, `${b} (ms)`, 'Difference (ms)'];
  const scope = escaped(`${why.scope}. Profiled passes explain; they are not timed.`);
  const work = table(['Kernel or operator', 'Kind', ...head.slice(1)], workRows(why));
  const experts = table(['Expert load, mean over layers', a, b], loadRows(why));
  const estimate = estimateText(why);
  const told = estimate === '' ? [] : [escaped(estimate), ''];
  return ['### Why', '', ...table(head, whyRows(why)), ...work, ...experts, ...told, scope, ''];
}

export function markdownReport(report: ComparisonReport): string {
  const { comparison, answer, commands } = report;
  const { a, b } = comparison.request;
  const iterations = answer.iterations.slice(0, MOST_ITERATION_ROWS).map(iterationRow);
  return [
    `## ${escaped(comparison.title)}`,
    '',
    escaped(answer.headline),
    '',
    ...table(['Figure', a.label, b.label, 'Effect', 'Interval'], shownFigures(answer).map(figureRow)),
    ...list(
      'Differences',
      answer.differences.map(({ name, a: from, b: to }) => `${name}: ${from} → ${to}`),
    ),
    ...list('Suspect passes', suspectTexts(report)),
    ...list('Confounders', answer.confounders),
    ...list('Notes', answer.notes),
    ...whyLines(answer, a.label, b.label),
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
