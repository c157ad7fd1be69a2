// SPDX-License-Identifier: Apache-2.0
import { FOLDED_TEXT, legend } from '#renderer/timeline/legend.ts';
import { Popover } from '#renderer/widgets/Popover.tsx';
import './legend.css';

/** What the colours and signs of the timeline stand for. Tables and charts use the same colours. */

const SIGNS = [
  { mark: 'folded', says: `lower and paler: ${FOLDED_TEXT}; the pointer tells how many` },
  { mark: 'context', says: 'context iteration, with a higher bar' },
  { mark: 'generation', says: 'generation iteration' },
  { mark: 'instant', says: 'moment without length' },
  { mark: 'hit', says: 'search hit on the minimap, mark' },
  { mark: 'note', says: 'bookmark' },
] as const;

export function Legend() {
  return (
    <Popover label="Colours" title="What colours and signs mean">
      <ul className="legend">
        {legend.map(({ variable, kinds }) => (
          <li key={variable} className="legend__entry">
            <span className="legend__mark" aria-hidden="true" style={{ background: `var(${variable})` }} />
            {kinds.join(', ')}
          </li>
        ))}
        {SIGNS.map(({ mark, says }) => (
          <li key={mark} className="legend__entry">
            <span className={`legend__mark legend__mark--${mark}`} aria-hidden="true" />
            {says}
          </li>
        ))}
      </ul>
    </Popover>
  );
}
