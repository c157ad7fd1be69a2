// SPDX-License-Identifier: Apache-2.0
/* global document, window, requestAnimationFrame, MutationObserver -- of the window, where parts of this run */
import { setTimeout as pause } from 'node:timers/promises';

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {{ intervalsMs: number[], drawMs: number[], rectangles: number[], tasksMs: number[] }} Watched */

/** Between two movements of the hand: a mouse reports about as often. */
const STEP_MS = 12;
const QUIET_MS = 1_000;
const SELECTIONS = 80;
const LONGEST_SELECTION_MS = 2_000;

/** Moves the timeline of a window as a hand does, and watches what its frames cost. */
export class Driver {
  #page;

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
  }

  #canvas() {
    return this.#page.getByRole('application', { name: /^Timeline/ });
  }

  /** As much timeline as the window has room for, and waits until it stands still. @param {number} tracks at least so many must be there */
  async arrange(tracks) {
    const page = this.#page;
    const splitter = page.getByRole('separator', { name: 'Height of the iterations' });
    await splitter.focus();
    for (let step = 0; step < 10; step += 1) await page.keyboard.press('ArrowUp');
    await page.getByRole('radio', { name: 'Low' }).click();
    const rows = page.getByRole('list', { name: 'Rows of the timeline' }).getByRole('listitem');
    const found = await rows.filter({ hasText: /^(stream|thread)/ }).count();
    if (found < tracks) throw new Error(`the timeline shows ${found} tracks instead of ${tracks}`);
    await this.#canvas().focus();
    await this.#quiet();
  }

  /** Resolves when nothing was drawn for a while. */
  #quiet() {
    return this.#page.evaluate(
      (quietMs) =>
        new Promise((/** @type {(value: undefined) => void} */ resolve) => {
          let timer = 0;
          const wait = () => {
            clearTimeout(timer);
            timer = window.setTimeout(() => {
              document.removeEventListener('timeline-drawn', wait);
              resolve(undefined);
            }, quietMs);
          };
          document.addEventListener('timeline-drawn', wait);
          wait();
        }),
      QUIET_MS,
    );
  }

  /** @param {() => Promise<unknown>} work @returns {Promise<Watched>} of the frames meanwhile */
  async watch(work) {
    const page = this.#page;
    const watching = await page.evaluateHandle(() => {
      /** @type {Watched} */
      const seen = { intervalsMs: [], drawMs: [], rectangles: [], tasksMs: [] };
      const ended = new AbortController();
      document.addEventListener(
        'timeline-drawn',
        (event) => {
          const { layers, durationMs, rectangles } =
            /** @type {CustomEvent<{ layers: string, durationMs: number, rectangles: number }>} */ (event)
              .detail;
          if (layers !== 'all') return;
          seen.drawMs.push(durationMs);
          seen.rectangles.push(rectangles);
        },
        { signal: ended.signal },
      );
      const tasks = new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) seen.tasksMs.push(duration);
      });
      tasks.observe({ entryTypes: ['longtask'] });
      let last = Number.NaN;
      const onFrame = (/** @type {number} */ atMs) => {
        if (ended.signal.aborted) return;
        if (!Number.isNaN(last)) seen.intervalsMs.push(atMs - last);
        last = atMs;
        requestAnimationFrame(onFrame);
      };
      requestAnimationFrame(onFrame);
      return {
        seen,
        end: () => {
          ended.abort();
          tasks.disconnect();
        },
      };
    });
    await work();
    return watching.evaluate(({ seen, end }) => {
      end();
      return seen;
    });
  }

  /** Zooms, drags, scrolls and presses keys, by turns, for some time. @param {number} forMs */
  async drive(forMs) {
    const box = await this.#canvas().boundingBox();
    if (box === null) throw new Error('the timeline is not there');
    const untilMs = performance.now() + forMs;
    const left = box.x + 300;
    const width = box.width - 400;
    const middle = box.y + box.height / 2;
    for (let round = 0; performance.now() < untilMs; round += 1) {
      const x = left + width * ((round * 0.37) % 1);
      // Zoomed to where most rectangles are drawn, then to where names fit; over the streams and down to the threads.
      for (const movement of [
        this.#zoom(x, middle, -120, 12),
        this.#drag(left + width, left, middle, 40),
        this.#scroll(x, middle, 60, 40),
        this.#keys('d', 20),
        this.#zoom(x, middle, -120, 10),
        this.#drag(left, left + width, middle, 40),
        this.#keys('a', 20),
        this.#scroll(x, middle, -60, 20),
        this.#keys(']', 4),
        this.#zoom(x, middle, 120, 30),
      ]) {
        let step = await movement.next();
        while (step.done !== true) {
          await pause(STEP_MS);
          step = performance.now() > untilMs ? await movement.return() : await movement.next();
        }
      }
      await this.#page.keyboard.press('Home');
    }
  }

  /** @param {number} x @param {number} y @param {number} delta @param {number} steps */
  async *#zoom(x, y, delta, steps) {
    const { mouse, keyboard } = this.#page;
    await mouse.move(x, y);
    await keyboard.down('Control');
    try {
      for (let step = 0; step < steps; step += 1) yield await mouse.wheel(0, delta);
    } finally {
      await keyboard.up('Control');
    }
  }

  /** @param {number} fromX @param {number} toX @param {number} y @param {number} steps */
  async *#drag(fromX, toX, y, steps) {
    const { mouse } = this.#page;
    await mouse.move(fromX, y);
    await mouse.down();
    try {
      for (let step = 1; step <= steps; step += 1) {
        yield await mouse.move(fromX + ((toX - fromX) * step) / steps, y);
      }
    } finally {
      await mouse.up();
    }
  }

  /** @param {string} key @param {number} times */
  async *#keys(key, times) {
    for (let time = 0; time < times; time += 1) yield await this.#page.keyboard.press(key);
  }

  /** @param {number} x @param {number} y @param {number} delta @param {number} steps */
  async *#scroll(x, y, delta, steps) {
    await this.#page.mouse.move(x, y);
    for (let step = 0; step < steps; step += 1) yield await this.#page.mouse.wheel(0, delta);
  }

  /** Goes from slice to slice by keys. @returns {Promise<number[]>} milliseconds from each key until the details changed */
  async selectSlices() {
    const page = this.#page;
    await this.#canvas().focus();
    await page.keyboard.press('Home');
    /** @type {number[]} */
    const samples = [];
    for (let pressed = 0; pressed < SELECTIONS; pressed += 1) {
      if (pressed % 8 === 0) {
        await page.keyboard.press('Escape');
        for (let step = 0; step < 3; step += 1) await page.keyboard.press(']');
        await this.#quiet();
      }
      const ms = await this.#selectNext(pressed % 4 === 3 ? 'ArrowDown' : 'ArrowRight');
      if (ms !== null) samples.push(ms);
    }
    if (samples.length < SELECTIONS / 2) throw new Error(`only ${samples.length} slices could be selected`);
    return samples;
  }

  /** @param {string} key @returns {Promise<number | null>} null where there is no next slice */
  async #selectNext(key) {
    const page = this.#page;
    const waiting = await page.getByLabel('Details of the selection').evaluateHandle((details, limitMs) => {
      let pressedMs = Number.NaN;
      const observer = new MutationObserver(() => finish(performance.now() - pressedMs));
      /** @type {(ms: number | null) => void} */
      let finish = () => undefined;
      /** @type {Promise<number | null>} */
      const changed = new Promise((resolve) => {
        finish = (ms) => {
          observer.disconnect();
          resolve(ms);
        };
      });
      setTimeout(() => finish(null), limitMs);
      const onKey = () => {
        pressedMs = performance.now();
        observer.observe(details, { childList: true, characterData: true, subtree: true });
      };
      window.addEventListener('keydown', onKey, { capture: true, once: true });
      return { changed };
    }, LONGEST_SELECTION_MS);
    await page.keyboard.press(key);
    return waiting.evaluate(({ changed }) => changed);
  }
}
