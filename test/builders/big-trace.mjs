// SPDX-License-Identifier: Apache-2.0
// Traces as large as one likes: a recording again and again, later each time, with correlations, ids, iteration
// numbers and some names of its own in each repetition. No event is the same twice, as in a long recording. Repetitions
// may also run side by side, on threads and streams of their own.
import { createWriteStream, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { createGzip, gunzipSync } from 'node:zlib';

/** Between two repetitions, microseconds. */
const pauseUs = 1000;
/** One event in so many gets a name of its own. */
const freshNameEvery = 997;
const fields =
  /"(ts|correlation|External id|id|Ev Idx|pid|tid|device|stream)": ?(\d+)|(_forward_step )(\d+)|("name": "(?:stream|thread) )(\d+)|("name": "(?!\[Executor\])[^"\\]*)(?=")/g;
/** Where slices lie; the others count on from repetition to repetition. */
const places = new Set(['pid', 'tid', 'device', 'stream']);
/** Devices, and streams of theirs, have numbers below; processes and threads above. */
const firstProcess = 100;

/**
 * @typedef {{ text: string, kind: 'fixed' | 'time' | 'id' | 'step' | 'name' | 'place', key: string, value: number }} Part
 *   `text` comes before the value
 *
 * @typedef {{ groups: number, devices: number }} Spread in how many places repetitions run side by side: each with a
 *   thread and a stream of its own, by turns on so many devices and in as many processes
 */

/**
 * A process, thread, device or stream in one of the groups.
 * @param {Part} part @param {number} group @param {Spread} spread
 */
function placeOf({ key, value }, group, { devices }) {
  const device = group % devices;
  if (value >= firstProcess) return value + (key === 'pid' ? device : group);
  if (key === 'pid' || key === 'device') return value === 0 ? device : value;
  return value === 0 ? 0 : value + 10 * Math.floor(group / devices);
}

/** @param {string | undefined} key @returns {Part['kind']} */
function kindOf(key = '') {
  if (key === 'ts') return 'time';
  return places.has(key) ? 'place' : 'id';
}

/** @param {string} events text of all events @returns {Part[]} */
function partsOf(events) {
  /** @type {Part[]} */
  const parts = [];
  let from = 0;
  let names = 0;
  for (const match of events.matchAll(fields)) {
    const [whole, key, number, step, stepNumber, label, labelNumber, name] = match;
    const end = match.index + whole.length;
    if (name !== undefined) {
      names += 1;
      if (names % freshNameEvery !== 0) continue;
      parts.push({ text: events.slice(from, end), kind: 'name', key: '', value: 0 });
    } else {
      if (label !== undefined) names += 1;
      const digits = number ?? stepNumber ?? labelNumber ?? '';
      const text = events.slice(from, end - digits.length);
      const kind = step !== undefined ? 'step' : label !== undefined ? 'place' : kindOf(key);
      parts.push({ text, kind, key: key ?? '', value: Number(digits) });
    }
    from = end;
  }
  parts.push({ text: events.slice(from), kind: 'fixed', key: '', value: 0 });
  return parts;
}

/**
 * The events of one repetition, in pieces of some megabytes.
 * @param {Part[]} parts @param {number} repetition @param {{ spanUs: number, ids: number, steps: number }} stride
 * @param {Spread} spread
 */
function* repeat(parts, repetition, { spanUs, ids, steps }, spread) {
  const group = repetition % spread.groups;
  const lap = Math.floor(repetition / spread.groups);
  let text = '';
  for (const part of parts) {
    text += part.text;
    if (part.kind === 'time') text += part.value + lap * spanUs;
    else if (part.kind === 'place') text += placeOf(part, group, spread);
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
 * @param {{ compressed?: boolean, spread?: Spread }} [options] without a spread all lies on the recording's own tracks
 * @returns {Promise<{ bytes: number, repetitions: number }>} length of the JSON text
 */
export async function writeBigTrace(recording, target, bytes, options = {}) {
  const { compressed = false, spread = { groups: 1, devices: 1 } } = options;
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
    for (const text of repeat(parts, repetitions, stride, spread)) await write(text);
    repetitions += 1;
  }
  await write(source.slice(closed));
  stream.end();
  await finished(file);
  return { bytes: written, repetitions };
}
