// SPDX-License-Identifier: Apache-2.0
import { formatCount, formatDurationNs } from '#shared/base/units.ts';

/** Times of equal parts as bars of a small picture, with the number of iterations that have any. */

const WIDTH = 64;
const HEIGHT = 14;

/** One path for all bars: rows come and go while a table is scrolled. */
function barsOf(seriesNs: readonly number[], mostNs: number): string {
  const step = WIDTH / seriesNs.length;
  const gap = step > 2 ? 1 : 0;
  return seriesNs
    .map((ns, at) => {
      // What is there is seen, however little it is.
      const height = ns === 0 ? 0 : Math.max((ns / mostNs) * HEIGHT, 1);
      return `M${(at * step).toFixed(1)} ${HEIGHT}v${(-height).toFixed(1)}h${(step - gap).toFixed(1)}v${height.toFixed(1)}z`;
    })
    .join('');
}

interface SparklineProps {
  readonly count: number;
  readonly seriesNs: readonly number[];
}

export function Sparkline({ count, seriesNs }: SparklineProps) {
  const mostNs = seriesNs.reduce((most, ns) => Math.max(most, ns), 0);
  const leastNs = seriesNs.reduce((least, ns) => Math.min(least, ns), mostNs);
  const range = `${formatDurationNs(leastNs)} to ${formatDurationNs(mostNs)} in an iteration`;
  return (
    <span className="sparkline" title={range}>
      <svg className="sparkline__picture" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        {mostNs > 0 && <path d={barsOf(seriesNs, mostNs)} />}
      </svg>
      {formatCount(count)}
    </span>
  );
}
