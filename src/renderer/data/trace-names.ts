// SPDX-License-Identifier: Apache-2.0

/** Names of a trace by string id. Unknown ids of one moment are asked together; names are kept while the trace is open. */
export class NameCache {
  readonly #names = new Map<number, string>();
  readonly #asked = new Set<number>();
  #waiting: number[] = [];
  readonly #ask: (ids: readonly number[]) => Promise<readonly string[]>;
  readonly #onArrival: () => void;
  static readonly #MAX_PER_QUESTION = 16_384;

  constructor(ask: (ids: readonly number[]) => Promise<readonly string[]>, onArrival: () => void) {
    this.#ask = ask;
    this.#onArrival = onArrival;
  }

  /** The name, or undefined and it is asked for. */
  get(id: number): string | undefined {
    const name = this.#names.get(id);
    if (name === undefined && !this.#asked.has(id)) {
      this.#asked.add(id);
      this.#waiting.push(id);
      if (this.#waiting.length === 1) queueMicrotask(() => void this.#flush());
    }
    return name;
  }

  async #flush(): Promise<void> {
    const ids = this.#waiting;
    this.#waiting = [];
    for (let from = 0; from < ids.length; from += NameCache.#MAX_PER_QUESTION) {
      await this.#askSome(ids.slice(from, from + NameCache.#MAX_PER_QUESTION));
    }
  }

  async #askSome(ids: readonly number[]): Promise<void> {
    try {
      const names = await this.#ask(ids);
      ids.forEach((id, at) => this.#names.set(id, names[at] ?? ''));
      this.#onArrival();
    } catch {
      // The engine is gone or the trace closed; a later frame asks again.
      for (const id of ids) this.#asked.delete(id);
    }
  }
}
