// SPDX-License-Identifier: Apache-2.0
import type { TimeRange } from './types.ts';

/** Spans of time that were looked at, to go back and forward through. A movement without a pause is one step. */

const PAUSE_MS = 600;
const MAX_KEPT = 200;

const same = (a: TimeRange, b: TimeRange): boolean => a.startNs === b.startNs && a.endNs === b.endNs;

export class ViewHistory {
  #back: readonly TimeRange[] = [];
  #forward: readonly TimeRange[] = [];
  #movedMs = Number.NEGATIVE_INFINITY;
  readonly #nowMs: () => number;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** The view is about to leave this span. */
  leaving(view: TimeRange): void {
    const now = this.#nowMs();
    const paused = now - this.#movedMs > PAUSE_MS;
    this.#movedMs = now;
    if (paused) this.#remember(view);
  }

  /** The view is about to jump away from this span, whatever moved before. */
  jumping(view: TimeRange): void {
    this.#movedMs = Number.NEGATIVE_INFINITY;
    this.#remember(view);
  }

  back(view: TimeRange): TimeRange | undefined {
    const target = this.#back.findLast((each) => !same(each, view));
    if (target === undefined) return undefined;
    this.#back = this.#back.slice(0, this.#back.lastIndexOf(target));
    this.#forward = [...this.#forward, view];
    this.#movedMs = Number.NEGATIVE_INFINITY;
    return target;
  }

  forward(view: TimeRange): TimeRange | undefined {
    const target = this.#forward.at(-1);
    if (target === undefined) return undefined;
    this.#forward = this.#forward.slice(0, -1);
    this.#back = [...this.#back, view];
    this.#movedMs = Number.NEGATIVE_INFINITY;
    return target;
  }

  #remember(view: TimeRange): void {
    this.#forward = [];
    const last = this.#back.at(-1);
    if (last !== undefined && same(last, view)) return;
    this.#back = [...this.#back, view].slice(-MAX_KEPT);
  }
}
