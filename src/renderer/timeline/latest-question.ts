// SPDX-License-Identifier: Apache-2.0

/**
 * Asks one question at a time. Of those that come up meanwhile only the latest is asked, so a fast hand never builds a
 * queue. A question without an answer leaves the former one in its place.
 */
export class LatestQuestion<Wanted, Answer> {
  current: Answer | undefined;

  readonly #ask: (wanted: Wanted) => Promise<Answer | undefined>;
  readonly #onChange: () => void;
  #wanted: Wanted | undefined;
  #busy = false;
  #disposed = false;

  /** `onChange` is told of each answer, and when nothing is awaited any more. */
  constructor(ask: (wanted: Wanted) => Promise<Answer | undefined>, onChange: () => void) {
    this.#ask = ask;
    this.#onChange = onChange;
  }

  /** True while an answer is awaited. */
  get busy(): boolean {
    return this.#busy;
  }

  want(wanted: Wanted): void {
    this.#wanted = wanted;
    if (!this.#busy) void this.#run();
  }

  /** What waited is not needed: the answer that is here serves. */
  settle(): void {
    this.#wanted = undefined;
  }

  dispose(): void {
    this.#wanted = undefined;
    this.#disposed = true;
  }

  async #run(): Promise<void> {
    this.#busy = true;
    for (let next = this.#wanted; next !== undefined; next = this.#wanted) {
      this.#wanted = undefined;
      const answer = await this.#ask(next);
      if (this.#disposed) break;
      if (answer === undefined) continue;
      this.current = answer;
      this.#onChange();
    }
    this.#busy = false;
    if (!this.#disposed) this.#onChange();
  }
}
