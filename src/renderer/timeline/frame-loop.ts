// SPDX-License-Identifier: Apache-2.0

/** Draws in one animation frame what changed since the last one, and nothing while nobody can see it. */
export class FrameLoop {
  readonly #draw: (isWhole: boolean) => void;
  #frame = 0;
  #isStale = false;
  #isActive = true;

  /** `draw` is told whether everything has to be drawn, or only what follows the pointer and the selection. */
  constructor(draw: (isWhole: boolean) => void) {
    this.#draw = draw;
  }

  /** Everything is drawn in the next frame. */
  invalidate(): void {
    this.#isStale = true;
    this.schedule();
  }

  /** Everything is drawn with the next frame, whenever that is due. */
  markStale(): void {
    this.#isStale = true;
  }

  schedule(): void {
    if (this.#frame !== 0 || !this.#isActive) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#run();
    });
  }

  /** A resized canvas is empty until it is drawn: not waiting for a frame avoids a flash. */
  drawNow(): void {
    this.#isStale = true;
    if (this.#isActive) this.#run();
  }

  setActive(isActive: boolean): void {
    this.#isActive = isActive;
    if (isActive) this.schedule();
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    this.#isActive = false;
  }

  #run(): void {
    const isWhole = this.#isStale;
    this.#isStale = false;
    this.#draw(isWhole);
  }
}
