// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import { classNames } from '#renderer/base/class-names.ts';
import { Tooltip } from './Tooltip.tsx';
import './figure.css';

interface FigureProps {
  readonly label: string;
  /** Already formatted; a dash where there is no answer. */
  readonly value: string;
  readonly unit?: string | undefined;
  /** What the figure means and how it is counted, in one or two sentences. */
  readonly definition?: string | undefined;
  /** A line under the figure: its context. */
  readonly note?: ReactNode;
  /** The most important figure of a view is the biggest. */
  readonly size?: 'main' | 'normal';
}

/** One figure with its unit, label and definition. */
export function Figure({ label, value, unit, definition, note, size = 'normal' }: FigureProps) {
  return (
    <div className={classNames('figure', size === 'main' && 'figure--main')} role="group" aria-label={label}>
      <div className="figure__label">
        {definition === undefined ? (
          <span>{label}</span>
        ) : (
          <Tooltip content={definition}>
            <button type="button" className="figure__definition" aria-description={definition}>
              {label}
            </button>
          </Tooltip>
        )}
      </div>
      <div className="figure__value selectable">
        {value}
        {unit !== undefined && unit !== '' && <span className="figure__unit"> {unit}</span>}
      </div>
      {note !== undefined && <div className="figure__note">{note}</div>}
    </div>
  );
}
