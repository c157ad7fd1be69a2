// SPDX-License-Identifier: Apache-2.0

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {{ port: MessagePort, sourceId: string }} Asked */
/** @typedef {{ tracks: number, units: number, rounds: number }} Asking */

/** Above the ids of the window's own calls. */
const FIRST_ID = 1_000_000_000;

/**
 * Asks the engine for windows over the port that the timeline itself uses, one after the other, at random places and
 * scales, the same ones each time.
 * @param {Page} page a window with an open trace, whose timeline asks for more when this key is pressed
 * @param {string} key @param {Asking} asking
 * @returns {Promise<number[]>} milliseconds from each request until its reply is in the window's process
 */
export async function windowRoundTrips(page, key, asking) {
  const watching = await page.evaluateHandle(() => {
    const post = MessagePort.prototype.postMessage;
    /** @type {(asked: Asked) => void} */
    let found = () => undefined;
    /** @type {Promise<Asked>} */
    const asked = new Promise((resolve) => (found = resolve));
    MessagePort.prototype.postMessage =
      /** @this {MessagePort} @param {any} message @param {any} rest */ function (message, rest) {
        if (message?.method === 'trace.window') {
          MessagePort.prototype.postMessage = post;
          found({ port: this, sourceId: message.input.sourceId });
        }
        post.call(this, message, rest);
      };
    return { asked };
  });
  const found = watching.evaluate(async ({ asked }) => (await asked).sourceId);
  let isFound = false;
  void found.then(() => (isFound = true));
  while (!isFound) await page.keyboard.press(key);
  return watching.evaluate(async ({ asked }, [firstId, { tracks, units, rounds }]) => {
    const { port, sourceId } = await asked;
    let seed = 1;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    let id = firstId;
    /** @param {string} method @param {object} input @returns {Promise<any>} */
    const ask = (method, input) => {
      id += 1;
      const own = id;
      return new Promise((resolve, reject) => {
        /** @param {MessageEvent} event */
        const onReply = ({ data }) => {
          if (data.id !== own || data.type === 'progress') return;
          port.removeEventListener('message', onReply);
          if (data.type === 'value') resolve(data.value);
          else reject(new Error(`the engine answered ${data.type}`));
        };
        port.addEventListener('message', onReply);
        port.postMessage({ type: 'call', id: own, method, input: { sourceId, ...input } });
      });
    };
    const opened = await ask('trace.open', {});
    const { endNs } = opened.summary;
    const ids = opened.tracks.slice(0, tracks).map((/** @type {{ id: number }} */ track) => track.id);
    const samples = [];
    for (let round = 0; round < rounds; round += 1) {
      const length = endNs * 10 ** (-5 * random());
      const startNs = random() * (endNs - length);
      const beginMs = performance.now();
      await ask('trace.window', { startNs, endNs: startNs + length, units, tracks: ids });
      samples.push(performance.now() - beginMs);
    }
    return samples;
  }, /** @type {const} */ ([FIRST_ID, asking]));
}
