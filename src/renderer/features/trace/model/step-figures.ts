// SPDX-License-Identifier: Apache-2.0

/** Figures of steps that come in parts: those of one step may stand in several lines. */
export class StepFigures<Figures extends object> {
  readonly #nothing: Figures;
  readonly #steps = new Map<number, Figures>();

  /** `nothing`: a step of which nothing is known yet. */
  constructor(nothing: Figures) {
    this.#nothing = nothing;
  }

  get byStep(): ReadonlyMap<number, Figures> {
    return this.#steps;
  }

  add(step: number, part: Partial<Figures>): void {
    this.#steps.set(step, { ...(this.#steps.get(step) ?? this.#nothing), ...part });
  }
}
