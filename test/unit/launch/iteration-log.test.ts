// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseIterationLine } from '#main/launch/iteration-log.ts';

describe('iteration lines', () => {
  test('a recorded log gives every step, with what it scheduled', () => {
    const log = readFileSync('test/fixtures/logs/iterations-e1.log', 'utf8');
    const lines = log.split('\n').flatMap((line) => parseIterationLine(line) ?? []);
    expect(lines.map(({ iteration }) => iteration)).toEqual(Array.from({ length: 40 }, (_, index) => index));
    expect(lines[2]).toEqual({
      iteration: 2,
      rank: 0,
      hostStepMs: 6.900592999997457,
      contextRequests: 4,
      contextTokens: 2048,
      generationTokens: 256,
      scheduledRequests: 260,
      loggedAtS: 1795_491_162,
    });
  });

  test.each([
    [
      'prefix and device time',
      "[01/02/2026-03:04:05] [TRT-LLM] [I] iter = 8, global_rank = 0, rank = 0, currank_total_requests = 1/2, host_step_time = 3.5ms, prev_device_step_time = 2.25ms, timestamp = 2026-01-02 03:04:05, num_scheduled_requests: 4, states = {'num_ctx_requests': 0, 'num_ctx_tokens': 0, 'num_generation_tokens': 4}",
      {
        iteration: 7,
        rank: 0,
        hostStepMs: 3.5,
        previousDeviceStepMs: 2.25,
        contextRequests: 0,
        contextTokens: 0,
        generationTokens: 4,
        scheduledRequests: 4,
        loggedAtS: 1_767_323_045,
      },
    ],
    [
      'seconds of the oldest era',
      '0: iter = 3, global_rank = 0, rank = 0, currank_total_requests = 0/0, elapsed_time = 0.25s, timestamp = 2025-06-01 00:00:00, num_scheduled_requests: 1, states = {}',
      { iteration: 2, rank: 0, hostStepMs: 250, scheduledRequests: 1, loggedAtS: 1_748_736_000 },
    ],
    [
      'later keys in another order',
      "[TRT-LLM] [I] [_torch][RANK 0] iter = 5, global_rank = 0, rank = 0, num_scheduled_requests = 2, kv_cache_util = 0.123, currank_total_requests = 0/0, host_step_time = 1e1ms, prev_device_step_time = N/A, timestamp = x, states = {'num_ctx_requests': 1, 'num_ctx_tokens': 64, 'num_generation_tokens': 0, 'cached_kv_tokens': 12}, num_active = 2",
      {
        iteration: 4,
        rank: 0,
        hostStepMs: 10,
        contextRequests: 1,
        contextTokens: 64,
        generationTokens: 0,
        scheduledRequests: 2,
        cacheRatio: 0.123,
      },
    ],
  ])('%s', (_name, line, expected) => {
    expect(parseIterationLine(line)).toEqual(expected);
  });

  test.each([
    '',
    'iter = x',
    'iter = 5',
    'nothing here',
    `iter = 1, host_step_time = 1ms ${'x'.repeat(5000)}`,
  ])('other lines are not iteration lines: %.20s', (line) => {
    expect(parseIterationLine(line)).toBeNull();
  });
});
