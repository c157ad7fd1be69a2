// SPDX-License-Identifier: Apache-2.0
// Progress of the set-up: one line a step, `[3/6] Native module … 42 s`; at a terminal the line says how far the step is.

/** @param {number} ms @returns {string} a time as people say it */
export function formatDuration(ms) {
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

export class Progress {
  #done = 0;

  /**
   * @param {number} steps how many steps there will be
   * @param {{ stream?: NodeJS.WriteStream, quiet?: boolean }} [options]
   *   quiet: say nothing about steps that have nothing to do
   */
  constructor(steps, { stream = process.stdout, quiet = false } = {}) {
    this.steps = steps;
    this.stream = stream;
    this.quiet = quiet;
  }

  /** @param {string} text a line of its own */
  say(text) {
    this.stream.write(`${text}\n`);
  }

  /**
   * @param {string} label
   * @param {boolean} needed whether there is anything to do
   * @param {(tell: (text: string) => void) => unknown} work may tell how far it is
   */
  async step(label, needed, work) {
    this.#done += 1;
    const head = `[${this.#done}/${this.steps}] ${label}`;
    if (!needed) {
      if (!this.quiet) this.say(`${head}: up to date`);
      return;
    }
    const startMs = performance.now();
    this.stream.write(`${head} …`);
    try {
      await work((text) => {
        if (this.stream.isTTY) this.stream.write(`\r${head} … ${text}\u001b[K`);
      });
    } catch (error) {
      this.stream.write(' failed\n');
      throw error;
    }
    const time = formatDuration(performance.now() - startMs);
    this.stream.write(this.stream.isTTY ? `\r${head} … ${time}\u001b[K\n` : ` ${time}\n`);
  }
}
