// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import { Tooltip } from '#renderer/widgets/Tooltip.tsx';

interface DetailEntryProps {
  readonly label: string;
  readonly definition?: string;
  readonly children: ReactNode;
}

/** One line of a list of details: what it is, and its value. */
export function DetailEntry({ label, definition, children }: DetailEntryProps) {
  const term =
    definition === undefined ? (
      label
    ) : (
      <Tooltip content={definition} side="left">
        <button type="button" className="trace-details__term" aria-description={definition}>
          {label}
        </button>
      </Tooltip>
    );
  return (
    <div className="trace-details__entry">
      <dt>{term}</dt>
      <dd className="selectable">{children}</dd>
    </div>
  );
}
