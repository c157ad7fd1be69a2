// SPDX-License-Identifier: Apache-2.0
import { formatCount } from '#shared/base/units.ts';
import type { RunProgress, RunSummary } from '#shared/contract/run.ts';
import { formatClock, formatFigure } from '#renderer/base/format.ts';
import { keyFigure } from '#renderer/stores/key-figure.ts';
import { isEnded, stateWord } from '#renderer/stores/run-state.ts';

/**
 * A run's title split into what the recipe already says and what tells it from other runs of the recipe,
 * which is what a narrow list has room for.
 */
export function titleParts(run: RunSummary): readonly [recipe: string, rest: string] {
  const prefix = `${run.recipeTitle}, `;
  if (!run.title.startsWith(prefix)) return ['', run.title];
  const rest = run.title.slice(prefix.length);
  return [prefix, rest.charAt(0).toUpperCase() + rest.slice(1)];
}

/**
 * What the list says of a run at its right. A profiled run's throughput is not a measurement, so its
 * captured iterations stand there instead.
 */
export function keyText(run: RunSummary, progress: RunProgress | null): string {
  if (!isEnded(run.state)) {
    if (progress?.ratio !== undefined) return `${Math.floor(progress.ratio * 100)} %`;
    return progress === null ? stateWord(run.state) : formatClock(progress.elapsedMs);
  }
  if (run.state !== 'ready') return stateWord(run.state);
  const figure = run.profiled ? undefined : keyFigure(run.figures);
  if (figure !== undefined) return `${formatFigure(figure.value)} ${figure.unit}`;
  return capturedText(run) ?? stateWord(run.state);
}

function capturedText(run: RunSummary): string | null {
  const [span, ...more] = run.spans;
  if (span === undefined) return null;
  const range =
    span.first === span.last
      ? formatCount(span.first)
      : `${formatCount(span.first)}–${formatCount(span.last)}`;
  return `it. ${range}${more.length > 0 ? ` +${more.length}` : ''}`;
}
