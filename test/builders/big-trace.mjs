// SPDX-License-Identifier: Apache-2.0
// Traces as large as one likes: a recording again and again, later each time, with correlations, ids, iteration
// numbers and some names of its own in each repetition. No event is the same twice, as in a long recording.
import { createWriteStream, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { createGzip, gunzipSync } from 'node:zlib';

/** Between two repetitions, microseconds. */
const pauseUs = 1000;
/** One event in so many gets a name of its own. */
const freshNameEvery = 997;
const fields =
  /"(ts|correlation|External id|id|Ev Idx)": ?(\d+)|(_forward_step )(\d+)|("name": "(?!\[Executor\])[^"\\]*)(?=")/g;

/**
 * @typedef {{ text: string, kind: 'fixed' | 'time' | 'id' | 'step' | 'name', value: number }} Part
 *   `text` comes before the value
 */

/** @param {string} events text of all events @returns {Part[]} */
function partsOf(events) {
  /** @type {Part[]} */
  const parts = [];
  let from = 0;
  let names = 0;
  for (const match of events.matchAll(fields)) {
    const [whole, key, number, step, stepNumber, name] = match;
    const end = match.index + whole.length;
    if (name !== undefined) {
      names += 1;
      if (names % freshNameEvery !== 0) continue;
      parts.push({ text: events.slice(from, end), kind: 'name', value: 0 });
    } else {
      const digits = number ?? stepNumber ?? '';
      const kind = step !== undefined ? 'step' : key === 'ts' ? 'time' : 'id';
      parts.push({ text: events.slice(from, end - digits.length), kind, value: Number(digits) });
    }
    from = end;
  }
  parts.push({ text: events.slice(from), kind: 'fixed', value: 0 });
  return parts;
}

/**
 * The events of one repetition, in pieces of some megabytes.
 * @param {Part[]} parts @param {number} repetition @param {{ spanUs: number, ids: number, steps: number }} stride
 */
function* repeat(parts, repetition, { spanUs, ids, steps }) {
  let text = '';
  for (const part of parts) {
    text += part.text;
    if (part.kind === 'time') text += part.value + repetition * spanUs;
    else if (part.kind === 'id') text += part.value + repetition * ids;
    else if (part.kind === 'step') text += part.value + repetition * steps;
    else if (part.kind === 'name') text += ` #${repetition}`;
    if (text.length > 4e6) {
      yield text;
      text = '';
    }
  }
  yield text;
}

/** @param {Part[]} parts */
function strideOf(parts) {
  /** @param {Part['kind']} kind */
  const range = (kind) => {
    let low = Infinity;
    let high = -Infinity;
    for (const part of parts) {
      if (part.kind !== kind) continue;
      low = Math.min(low, part.value);
      high = Math.max(high, part.value);
    }
    return { low, high };
  };
  const time = range('time');
  const step = range('step');
  return {
    spanUs: time.high - time.low + pauseUs,
    ids: range('id').high + 1,
    steps: step.high - step.low + 1,
  };
}

/**
 * Writes repetitions of a recording until the file is at least so long.
 * @param {string} recording a compressed Kineto trace
 * @param {string} target
 * @param {number} bytes of JSON text
 * @param {{ compressed?: boolean }} [options]
 * @returns {Promise<{ bytes: number, repetitions: number }>} length of the JSON text
 */
export async function writeBigTrace(recording, target, bytes, { compressed = false } = {}) {
  const source = gunzipSync(readFileSync(recording)).toString('utf8');
  const opened = source.indexOf('[', source.indexOf('"traceEvents"')) + 1;
  const closed = source.lastIndexOf(']');
  const parts = partsOf(source.slice(opened, closed));
  const stride = strideOf(parts);
  const file = createWriteStream(target);
  const stream = compressed ? createGzip() : file;
  if (stream !== file) stream.pipe(file);
  let written = 0;
  let repetitions = 0;
  /** @param {string} text */
  const write = async (text) => {
    written += Buffer.byteLength(text);
    if (!stream.write(text)) await once(stream, 'drain');
  };
  await write(source.slice(0, opened));
  while (written < bytes) {
    if (repetitions > 0) await write(',');
    for (const text of repeat(parts, repetitions, stride)) await write(text);
    repetitions += 1;
  }
  await write(source.slice(closed));
  stream.end();
  await finished(file);
  return { bytes: written, repetitions };
}
