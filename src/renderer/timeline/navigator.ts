// SPDX-License-Identifier: Apache-2.0
import { formatDurationNs } from '#shared/base/units.ts';
import { spanOf } from './viewport.ts';
import { ViewHistory } from './view-history.ts';
import type { Camera } from './camera.ts';
import type { TimeRange } from './types.ts';

/** Moves the camera through time and remembers the way. */
export class Navigator {
  readonly #camera: Camera;
  readonly #announce: (text: string) => void;
  readonly #history = new ViewHistory();

  constructor(camera: Camera, announce: (text: string) => void) {
    this.#camera = camera;
    this.#announce = announce;
  }

  zoom(anchorNs: number, factor: number): void {
    this.#history.leaving(this.#camera.view);
    this.#camera.zoom(anchorNs, factor);
  }

  pan(deltaNs: number): void {
    this.#history.leaving(this.#camera.view);
    this.#camera.pan(deltaNs);
  }

  fit(range: TimeRange, marginRatio: number): void {
    this.jumping();
    this.#camera.fit(range, marginRatio);
  }

  /** The view is about to be somewhere else. */
  jumping(): void {
    this.#history.jumping(this.#camera.view);
  }

  travel(direction: 'back' | 'forward'): void {
    const view = this.#history[direction](this.#camera.view);
    if (view !== undefined) this.#camera.look(view);
    this.#announce(
      view === undefined
        ? `No view to go ${direction} to`
        : `${formatDurationNs(spanOf(view))} from ${formatDurationNs(view.startNs)} on`,
    );
  }
}
