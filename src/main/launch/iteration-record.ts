// SPDX-License-Identifier: Apache-2.0
import type { IterationRecord } from '#shared/contract/iteration-record.ts';

/**
 * The lines of `--iteration_log`: what Python prints of a dictionary (`'iter': 3, … None`), in newer versions JSON; keys
 * come and go with the versions.
 */

const PAIR = /['"]([A-Za-z]{1,60})['"]: ?(-?\d{1,20}(?:\.\d{1,20})?(?:e[-+]?\d{1,3})?)\b/g;
/** A line that lists every request is long; what is read here stands before that. */
const READ_CHARACTERS = 16_384;
/** Keys that came with the versions that number a record when it is built. */
const LATE_KEY = /['"](?:hostStepTimeMS|schedulerMode|attentionDpRank)['"]:/;
const NUMBER = /['"]iter['"]: ?(\d{1,15})\b/;

/** The first value of each key: nested parts repeat some of the names further on. */
export function recordedNumbers(line: string): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const [, key = '', value] of line.slice(0, READ_CHARACTERS).matchAll(PAIR)) {
    if (!numbers.has(key)) numbers.set(key, Number(value));
  }
  return numbers;
}

/** The number of a record; null where the line is none. Cheaper than reading all of it. */
export function recordNumber(line: string): number | null {
  const [, digits] = NUMBER.exec(line.slice(0, READ_CHARACTERS)) ?? [];
  return digits === undefined ? null : Number(digits);
}

type Optional = Exclude<keyof IterationRecord, 'number' | 'numbered' | 'rank'>;

const KEYS: readonly (readonly [field: Optional, key: string])[] = [
  ['latencyMs', 'iterLatencyMS'],
  ['hostStepMs', 'hostStepTimeMS'],
  ['previousDeviceStepMs', 'prevDeviceStepTimeMS'],
  ['gpuForwardMs', 'gpuForwardTimeMS'],
  ['activeRequests', 'numActiveRequests'],
  ['queuedRequests', 'numQueuedRequests'],
  ['scheduledRequests', 'numScheduledRequests'],
  ['contextRequests', 'numContextRequests'],
  ['contextTokens', 'numCtxTokens'],
  ['generationRequests', 'numGenRequests'],
];

const isCount = (field: Optional): boolean => field.endsWith('Requests') || field.endsWith('Tokens');

function cacheRatio(numbers: ReadonlyMap<string, number>): number | undefined {
  const [used, most] = [numbers.get('usedNumBlocks'), numbers.get('maxNumBlocks')];
  return used === undefined || most === undefined || most <= 0 ? undefined : used / most;
}

/** The record in a line of the file; null when there is none. */
export function parseIterationRecord(line: string): IterationRecord | null {
  const number = recordNumber(line);
  if (number === null) return null;
  const numbers = recordedNumbers(line);
  const record: IterationRecord = {
    number,
    numbered: LATE_KEY.test(line.slice(0, READ_CHARACTERS)) ? 'built' : 'consumed',
    rank: numbers.get('rank') ?? numbers.get('attentionDpRank') ?? 0,
  };
  for (const [field, key] of KEYS) {
    const value = numbers.get(key);
    if (value !== undefined && (!isCount(field) || Number.isInteger(value))) record[field] = value;
  }
  const ratio = cacheRatio(numbers);
  return ratio === undefined ? record : { ...record, cacheRatio: ratio };
}
