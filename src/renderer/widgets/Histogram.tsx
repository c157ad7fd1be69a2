// SPDX-License-Identifier: Apache-2.0
import { classNames } from '#renderer/base/class-names.ts';
import './histogram.css';

interface HistogramProps {
  /** What it shows, for those who do not see it. */
  readonly label: string;
  readonly counts: readonly number[];
  /** The bin of what is selected. */
  readonly marked: number;
  /** What its ends stand for. */
  readonly from: string;
  readonly to: string;
  /** A bin in words, shown on hover. */
  readonly describe: (bin: number, count: number) => string;
}

const BAR = 10;
const HEIGHT = 40;
/** The smallest bar that is there at all stays visible. */
const LEAST = 1.5;

/** Counts as bars of equal width. The marked bin stands out. */
export function Histogram({ label, counts, marked, from, to, describe }: HistogramProps) {
  const highest = counts.reduce((most, count) => Math.max(most, count), 1);
  return (
    <figure className="histogram">
      <svg
        className="histogram__bars"
        viewBox={`0 0 ${counts.length * BAR} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
      >
        {counts.map((count, bin) => {
          const height = count === 0 ? 0 : Math.max((count / highest) * HEIGHT, LEAST);
          return (
            <g key={bin} className={classNames('histogram__bin', bin === marked && 'histogram__bin--marked')}>
              <title>{describe(bin, count)}</title>
              <rect className="histogram__ground" x={bin * BAR} y={0} width={BAR} height={HEIGHT} />
              <rect x={bin * BAR + 0.5} y={HEIGHT - height} width={BAR - 1} height={height} />
            </g>
          );
        })}
      </svg>
      <figcaption className="histogram__ends" aria-hidden="true">
        <span>{from}</span>
        <span>{to}</span>
      </figcaption>
    </figure>
  );
}
