// SPDX-License-Identifier: Apache-2.0

/** Dragging across a plot: a band follows the pointer, and its ends are told when it is let go. */

/** Shorter drags are clicks. */
const LEAST_PX = 5;

interface BrushParts {
  readonly element: HTMLElement;
  /** Whether a place, in pixels of the element, lies in the plot. */
  readonly holds: (x: number, y: number) => boolean;
  readonly onBrush: (fromX: number, toX: number) => void;
}

/** Listens until the returned function is called. */
export function listenToBrush({ element, holds, onBrush }: BrushParts): () => void {
  const band = document.createElement('div');
  band.className = 'chart__brush';
  const abort = new AbortController();
  const { signal } = abort;
  let fromX: number | null = null;
  const placeOf = (event: PointerEvent): readonly [number, number] => {
    const box = element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const end = (): void => {
    fromX = null;
    band.remove();
  };
  element.addEventListener(
    'pointerdown',
    (event) => {
      const [x, y] = placeOf(event);
      if (event.button === 0 && !event.shiftKey && holds(x, y)) fromX = x;
    },
    { signal },
  );
  window.addEventListener(
    'pointermove',
    (event) => {
      if (fromX === null) return;
      const [x] = placeOf(event);
      if (Math.abs(x - fromX) < LEAST_PX) return;
      band.style.left = `${Math.min(x, fromX)}px`;
      band.style.width = `${Math.abs(x - fromX)}px`;
      if (!band.isConnected) element.append(band);
    },
    { signal },
  );
  window.addEventListener(
    'pointerup',
    (event) => {
      if (fromX === null) return;
      const [start, [x]] = [fromX, placeOf(event)];
      end();
      if (Math.abs(x - start) >= LEAST_PX) onBrush(Math.min(x, start), Math.max(x, start));
    },
    { signal },
  );
  window.addEventListener('pointercancel', end, { signal });
  return () => {
    end();
    abort.abort();
  };
}
