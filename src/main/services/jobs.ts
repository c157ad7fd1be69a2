// SPDX-License-Identifier: Apache-2.0

/** Work that takes time, by the name that its asker gave it, so that it can be cancelled from elsewhere. */
export class Jobs {
  readonly #running = new Map<string, AbortController>();

  /** Does the work with a signal that `cancel` raises. */
  async run<T>(name: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const abort = new AbortController();
    this.#running.set(name, abort);
    try {
      return await work(abort.signal);
    } finally {
      if (this.#running.get(name) === abort) this.#running.delete(name);
    }
  }

  cancel(name: string): void {
    this.#running.get(name)?.abort();
  }
}
