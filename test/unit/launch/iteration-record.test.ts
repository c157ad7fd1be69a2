// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseIterationRecord } from '#main/launch/iteration-record.ts';

describe('records of --iteration_log', () => {
  const recordsOf = (path: string) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((line) => parseIterationRecord(line) ?? []);

  test('of the first era are numbered by whoever consumes them, as printed dictionaries', () => {
    expect(recordsOf('test/fixtures/logs/iteration-log-e1.txt')).toEqual([
      {
        number: 0,
        numbered: 'consumed',
        rank: 0,
        latencyMs: 31.5,
        activeRequests: 8,
        queuedRequests: 12,
        scheduledRequests: 8,
        contextRequests: 8,
        contextTokens: 8192,
        generationRequests: 0,
        cacheRatio: 0.4,
      },
      {
        number: 1,
        numbered: 'consumed',
        rank: 0,
        latencyMs: 12.25,
        activeRequests: 4,
        queuedRequests: 0,
        cacheRatio: 0.75,
      },
    ]);
  });

  test('of later eras are numbered when they are built, with host, device and forward times', () => {
    expect(recordsOf('test/fixtures/logs/iteration-log-e3.jsonl')).toEqual([
      {
        number: 0,
        numbered: 'built',
        rank: 0,
        latencyMs: 8.5,
        hostStepMs: 8.25,
        gpuForwardMs: 7.5,
        activeRequests: 1,
        queuedRequests: 0,
        cacheRatio: 0.01,
      },
    ]);
  });

  test('name the rank where all ranks write', () => {
    expect(parseIterationRecord("{'iter': 4, 'attentionDpRank': 1, 'rank': 3}")).toEqual({
      number: 4,
      numbered: 'built',
      rank: 3,
    });
  });

  test.each(['', 'nothing', "{'iterLatencyMS': 3}", "{'iter': None}", "{'iter': -3}"])(
    'are no other lines: %s',
    (line) => {
      expect(parseIterationRecord(line)).toBeNull();
    },
  );
});
