// SPDX-License-Identifier: Apache-2.0
import { formatChange } from '#shared/base/units.ts';
import type { Effect, Thresholds } from '#shared/contract/comparison.ts';

type Drawn = Pick<Effect, 'ratio' | 'low' | 'high'>;

/** An axis of ratios, from its left end to its right. */
interface Axis {
  readonly from: number;
  readonly to: number;
}

/** Where a ratio lies on the axis, in percent of its width. */
function placeOf(ratio: number, { from, to }: Axis): number {
  return (100 * (Math.min(to, Math.max(from, ratio)) - from)) / (to - from);
}

function toneOf({ low, high }: Drawn): string {
  if (low > 0) return 'good';
  return high < 0 ? 'bad' : 'open';
}

function Drawing({ effect, axis }: { readonly effect: Drawn; readonly axis: Axis }) {
  const [low, high] = [placeOf(effect.low, axis), placeOf(effect.high, axis)];
  return (
    <span className={`interval interval--${toneOf(effect)}`} aria-hidden="true">
      <span className="interval__zero" style={{ left: `${placeOf(0, axis)}%` }} />
      <span className="interval__range" style={{ left: `${low}%`, width: `${Math.max(0.5, high - low)}%` }} />
      <span className="interval__mark" style={{ left: `${placeOf(effect.ratio, axis)}%` }} />
    </span>
  );
}

interface IntervalProps {
  readonly effect: Drawn;
  /** Half of the axis, as a ratio; the same for all that stand below each other. */
  readonly reach: number;
}

/** An effect with its interval on an axis around zero. The figures stand beside it as text. */
export function Interval({ effect, reach }: IntervalProps) {
  return <Drawing effect={effect} axis={{ from: -reach, to: reach }} />;
}

interface EffectAxisProps {
  readonly effect: Drawn;
  readonly thresholds: Thresholds;
  readonly perfectRouter: boolean;
}

/** Labels nearer than this (percent of the axis) would lie on each other. */
const LABEL_ROOM = 9;

/** The effect of the verdict, large, with the thresholds that decide it. */
export function EffectAxis({ effect, thresholds, perfectRouter }: EffectAxisProps) {
  const { significant, equivalence } = thresholds;
  const ends = [effect.low, effect.high, -equivalence, perfectRouter ? significant : equivalence];
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  const room = (most - least) * 0.08;
  const axis = { from: least - room, to: most + room };
  const [same, sameEnd] = [placeOf(-equivalence, axis), placeOf(equivalence, axis)];
  const place = placeOf(effect.ratio, axis);
  const others = [0, ...(perfectRouter ? [significant] : [])].filter(
    (mark, index, all) =>
      Math.abs(placeOf(mark, axis) - place) > LABEL_ROOM &&
      all.slice(0, index).every((shown) => Math.abs(placeOf(mark, axis) - placeOf(shown, axis)) > LABEL_ROOM),
  );
  return (
    <div
      className="effect-axis"
      role="img"
      aria-label={`Effect ${formatChange(effect.ratio)}, interval ${formatChange(effect.low)} to ${formatChange(effect.high)}`}
    >
      <span className="effect-axis__same" style={{ left: `${same}%`, width: `${sameEnd - same}%` }} />
      {perfectRouter && (
        <span className="effect-axis__threshold" style={{ left: `${placeOf(significant, axis)}%` }} />
      )}
      <Drawing effect={effect} axis={axis} />
      {others.map((mark) => (
        <span key={mark} className="effect-axis__label" style={{ left: `${placeOf(mark, axis)}%` }}>
          {formatChange(mark)}
        </span>
      ))}
      <span className="effect-axis__label effect-axis__label--main" style={{ left: `${place}%` }}>
        {formatChange(effect.ratio)}
      </span>
    </div>
  );
}
