// SPDX-License-Identifier: Apache-2.0
import type { RunBytes } from '#shared/contract/library.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import type { ReportedFigure, RunState, RunSummary } from '#shared/contract/run.ts';
import { differences } from '#renderer/base/form-differences.ts';
import { keyFigure } from '#renderer/stores/key-figure.ts';
import { stateWord } from '#renderer/stores/run-state.ts';

/** The library's table: one row for each run, and which of them a filter lets through. All pure. */

export interface RunRow {
  readonly run: RunSummary;
  readonly differences: readonly string[];
  readonly throughput: ReportedFigure | null;
  readonly durationMs: number | null;
  /** Null until it was measured. */
  readonly bytes: RunBytes | null;
  /** All that the row says, in lower case. */
  readonly text: string;
}

export interface RunFilter {
  /** Words that must all occur. */
  readonly text: string;
  readonly state: RunState | 'all';
  /** A recipe's id, or `all`. */
  readonly recipe: string;
  /** A tag, or `all`; a run cannot have a tag with a comma in it. */
  readonly tag: string;
}

/** Stands for no restriction: a tag may be called "all", but none holds a comma. */
export const ALL = ',all';
export const unfiltered: RunFilter = { text: '', state: 'all', recipe: ALL, tag: ALL };

export function isFiltered(filter: RunFilter): boolean {
  return filter.text.trim() !== '' || filter.state !== 'all' || filter.recipe !== ALL || filter.tag !== ALL;
}

/** By the steady clock where the end was seen, else by the time of day; null where that was set back meanwhile. */
function durationMs(run: RunSummary): number | null {
  if (run.exit !== undefined) return run.exit.wallMs;
  if (run.startedAt === undefined || run.endedAt === undefined) return null;
  const apartMs = Date.parse(run.endedAt) - Date.parse(run.startedAt);
  return apartMs < 0 ? null : apartMs;
}

export function makeRow(run: RunSummary, recipe: Recipe | undefined, bytes: RunBytes | null): RunRow {
  const words = differences(run, recipe);
  const said = [
    run.id,
    run.title,
    run.recipeTitle,
    run.notes,
    run.failure?.message ?? '',
    run.startedAt ?? '',
  ];
  const marks = [run.profiled ? 'profiled' : '', run.importedAt === undefined ? '' : 'imported'];
  return {
    run,
    differences: words,
    throughput: keyFigure(run.figures) ?? null,
    durationMs: durationMs(run),
    bytes,
    text: [...said, stateWord(run.state), ...marks, ...run.tags, ...words].join('\n').toLowerCase(),
  };
}

/** The rows that a filter lets through, in their order. */
export function filterRows(rows: readonly RunRow[], filter: RunFilter): readonly RunRow[] {
  if (!isFiltered(filter)) return rows;
  const words = filter.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return rows.filter(
    ({ run, text }) =>
      (filter.state === 'all' || run.state === filter.state) &&
      (filter.recipe === ALL || run.form.recipeId === filter.recipe) &&
      (filter.tag === ALL || run.tags.includes(filter.tag)) &&
      words.every((word) => text.includes(word)),
  );
}

/** Every tag in use, in alphabetical order. */
export function tagsOf(runs: readonly RunSummary[]): readonly string[] {
  return [...new Set(runs.flatMap((run) => run.tags))].sort((a, b) => a.localeCompare(b, 'en'));
}

/** Recipes in use, by id with their titles. */
export function recipesOf(runs: readonly RunSummary[]): readonly (readonly [id: string, title: string])[] {
  return [...new Map(runs.map((run) => [run.form.recipeId, run.recipeTitle]))];
}

/** The tags that a text names, separated by commas. */
export function parseTags(text: string): string[] {
  return [
    ...new Set(
      text
        .split(',')
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ''),
    ),
  ];
}

/** Why tags cannot be kept as they are typed; null when they can. */
export function problemOfTags(tags: readonly string[]): string | null {
  if (tags.length > 32) return 'A run can have 32 tags at most.';
  const long = tags.find((tag) => tag.length > 40);
  return long === undefined ? null : `“${long.slice(0, 20)}…” is longer than 40 characters.`;
}
