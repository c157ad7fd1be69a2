// SPDX-License-Identifier: Apache-2.0
import type { IterationSpan } from '#shared/contract/launch.ts';
import { formatCount } from '#shared/base/units.ts';
import { stripOf, type Strip, type StripSegment } from './strip.ts';

const words: Readonly<Record<StripSegment['kind'], string>> = {
  'warm-up': 'warm-up',
  capture: 'capture',
  between: 'not captured',
  rest: 'rest',
  outside: 'after the end',
};

const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;

function describe({ segments, endKnown }: Strip): string {
  const parts = segments.map(
    ({ kind, first, last }) => `${words[kind]} ${formatCount(first)} to ${formatCount(last)}`,
  );
  return `Iterations: ${parts.join(', ')}${endKnown ? '' : '; the end is not known'}.`;
}

/** The run from its first iteration to its end as a strip; captured iterations are coloured. */
export function WindowStrip({
  spans,
  total,
}: {
  readonly spans: readonly IterationSpan[];
  readonly total: number | null;
}) {
  const strip = stripOf(spans, total);
  if (strip === null) return <div className="strip" />;
  const captured = strip.segments.filter(
    (segment) => segment.kind === 'capture' || segment.kind === 'outside',
  );
  return (
    <div className="strip">
      <svg className="strip__bar" role="img" aria-label={describe(strip)}>
        {strip.segments.map((segment) => (
          <rect
            key={segment.first}
            className={`strip__segment strip__segment--${segment.kind}`}
            x={percent(segment.from)}
            width={percent(segment.to - segment.from)}
            y={segment.kind === 'capture' ? 0 : 4}
            height={segment.kind === 'capture' ? 16 : 8}
          />
        ))}
      </svg>
      <div className="strip__scale" aria-hidden="true">
        <span className="strip__start">0</span>
        {captured.length === 1 && captured[0] !== undefined && captured[0].first > 0 && (
          <span className="strip__mark" style={{ left: percent(clampMark(captured[0])) }}>
            {formatCount(captured[0].first)}–{formatCount(captured[0].last)}
          </span>
        )}
        <span className="strip__end">
          {strip.endKnown ? `${formatCount(strip.length)} iterations` : 'end open'}
        </span>
      </div>
    </div>
  );
}

/** Keeps the label of a window between those of the ends. */
function clampMark({ from, to }: StripSegment): number {
  return Math.min(0.66, Math.max(0.12, (from + to) / 2));
}
