// SPDX-License-Identifier: Apache-2.0
import { useState, type CSSProperties, type KeyboardEvent, type PointerEvent } from 'react';

/** The line between iterations and timeline, which can be dragged or moved by arrow keys. */

const DEFAULT_PX = 208;
const TALL_PX = 400;
const MIN_PX = 96;
const MAX_PX = 560;
const STEP_PX = 16;

export interface Split {
  readonly heightPx: number;
  readonly style: CSSProperties;
  readonly resize: (heightPx: number) => void;
}

/** `isTall` when what lies above needs more room; no more than a third of the window is given at first. */
export function useSplit(isTall: boolean): Split {
  const [heightPx, setHeightPx] = useState(() =>
    isTall ? Math.max(DEFAULT_PX, Math.min(TALL_PX, Math.round(window.innerHeight / 3))) : DEFAULT_PX,
  );
  // A custom property, so that the stylesheet keeps the layout; React's types do not know those.
  const style = { '--split': `${heightPx}px` } as CSSProperties;
  return {
    heightPx,
    style,
    resize: (next) => setHeightPx(Math.min(Math.max(Math.round(next), MIN_PX), MAX_PX)),
  };
}

export function Splitter({ split }: { readonly split: Split }) {
  const { heightPx, resize } = split;
  const onKeyDown = (event: KeyboardEvent): void => {
    const direction = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    resize(heightPx + direction * STEP_PX);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    resize(heightPx + event.movementY);
  };
  return (
    <div
      className="trace-splitter"
      role="separator"
      aria-orientation="horizontal"
      aria-label="Height of the iterations"
      aria-valuenow={heightPx}
      aria-valuemin={MIN_PX}
      aria-valuemax={MAX_PX}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
    />
  );
}
