// SPDX-License-Identifier: Apache-2.0
import { formatCount, formatPercent } from '#shared/base/units.ts';
import { linesPicture } from '#renderer/charts/index.tsx';
import { linesTable } from '../model/table-file.ts';
import { SaveMenu } from './SaveMenu.tsx';

/** Tokens of each rank as bars with figures, in the colours that the histogram gives the ranks. */

const MAX_SHOWN = 16;
const COLOURS = 8;

interface RankLoadsProps {
  /** Undefined until they are known, null where they cannot be. */
  readonly loads: readonly number[] | null | undefined;
  /** Proposed for files. */
  readonly name: string;
}

/** All ranks, as a chart and as a table. */
const dataOf = (loads: readonly number[]) => ({
  xs: loads.map((_, rank) => rank),
  xName: 'rank',
  yName: 'tokens',
  text: formatCount,
  series: [{ name: 'tokens', as: 'bars' as const, values: loads }],
});

export function RankLoads({ loads, name }: RankLoadsProps) {
  const of = loads ?? [];
  const total = of.reduce((sum, load) => sum + load, 0);
  const most = of.reduce((found, load) => Math.max(found, load), 0);
  const ranked = of.map((load, rank) => ({ load, rank }));
  const shown =
    of.length <= MAX_SHOWN ? ranked : ranked.toSorted((a, b) => b.load - a.load).slice(0, MAX_SHOWN);
  const only = shown.length < of.length ? `, the ${MAX_SHOWN} most loaded of ${of.length}` : '';
  return (
    <div className="rank-loads">
      <div className="expert-panel__title expert-panel__title--controls">
        <h2>
          Tokens per rank{only}
          {loads === null && ': cannot answer, the experts do not divide evenly'}
        </h2>
        {of.length > 0 && (
          <SaveMenu
            of="ranks"
            name={name}
            table={() => linesTable(dataOf(of))}
            picture={(format) => linesPicture(dataOf(of), format)}
          />
        )}
      </div>
      <ul aria-label="Tokens per rank">
        {shown.map(({ load, rank }) => (
          <li key={rank}>
            <span>Rank {rank}</span>
            <span className="rank-loads__bar" aria-hidden="true">
              <span
                className={`rank-loads__fill rank-loads__fill--${rank % COLOURS}`}
                style={{ width: most === 0 ? 0 : `${(load / most) * 100}%` }}
              />
            </span>
            <span className="rank-loads__value">
              {formatCount(load)} · {total === 0 ? 'cannot answer' : formatPercent(load / total)}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
