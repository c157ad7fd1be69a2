// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ReportedFigure } from '#shared/contract/run.ts';
import { IterationRecords } from '#main/launch/figures/iteration-records.ts';
import { mergeFigures } from '#main/launch/figures/names.ts';
import { reportJsonFigures } from '#main/launch/figures/report-json.ts';
import { reportTextFigures } from '#main/launch/figures/report-text.ts';
import { requestJsonFigures } from '#main/launch/figures/request-json.ts';
import { servingJsonFigures } from '#main/launch/figures/serving-json.ts';

const textOf = (name: string): string => readFileSync(join('test/fixtures/logs', name), 'utf8');
const jsonOf = (name: string): unknown => JSON.parse(textOf(name)) as unknown;
const fromText = (name: string): ReportedFigure[] => reportTextFigures(textOf(name).split('\n'));

/** As a table of texts, which is easier to read than objects. */
const table = (figures: readonly ReportedFigure[]): string[] =>
  figures.map(({ label, value, unit }) => `${label} = ${value.toString()} ${unit}`);

describe('the report that trtllm-bench prints', () => {
  test('of a throughput run', () => {
    expect(table(fromText('bench-throughput-e1.log'))).toEqual([
      'Request throughput = 25 req/s',
      'Output throughput = 3200 tok/s',
      'Total token throughput = 28800 tok/s',
      'Total latency = 40000 ms',
      'Average request latency = 24500 ms',
      'Output throughput per user = 5.25 tok/s',
      'Output throughput per GPU = 400 tok/s',
      'E2E latency p50 = 24000 ms',
      'E2E latency p90 = 36000 ms',
      'E2E latency p95 = 38000 ms',
      'E2E latency p99 = 39500 ms',
      'E2E latency min = 1500 ms',
      'E2E latency max = 39900 ms',
      'E2E latency mean = 24500 ms',
    ]);
  });

  test('of a streaming run whose lines a launcher numbered', () => {
    const found = table(fromText('bench-latency-e3-srun.log'));
    for (const line of [
      'TTFT p50 = 93 ms',
      'TTFT p99 = 130 ms',
      'TTFT mean = 95 ms',
      'TPOT p95 = 15.6 ms',
      'Generation speed p90 = 68 tok/s',
      'E2E latency p99 = 2040 ms',
    ]) {
      expect(found).toContain(line);
    }
    expect(new Set(found.map((line) => line.split(' = ')[0])).size).toBe(found.length);
  });

  test('more than once: the last one counts', () => {
    const lines = ['Total Latency (ms): 1.0', 'Request Throughput (req/sec): 2', 'Total Latency (ms):  3.5'];
    expect(table(reportTextFigures(lines))).toEqual([
      'Request throughput = 2 req/s',
      'Total latency = 3.5 ms',
    ]);
  });

  test.each([
    'Request Throughput (req/sec): fast',
    'Request Throughput (req/sec): N/A',
    '[TTFT] P50 :',
    'Median XYZ (ms): 3',
    `${'x'.repeat(500)}: 3`,
    '',
    ':',
  ])('other lines are no figures: %.40s', (line) => {
    expect(reportTextFigures([line])).toEqual([]);
  });
});

describe('the report file of trtllm-bench', () => {
  test('without streaming, of an era without the 90th percentile', () => {
    const found = table(reportJsonFigures(jsonOf('report-e1.json')));
    expect(found).toContain('Output throughput = 3200.003 tok/s');
    expect(found).toContain('E2E latency p95 = 38000.2 ms');
    expect(found.join()).not.toContain('p90');
  });

  test('with streaming', () => {
    const found = table(reportJsonFigures(jsonOf('report-e3.json')));
    expect(found).toContain('TTFT p90 = 110 ms');
    expect(found).toContain('TPOT max = 15.9 ms');
    expect(found).toContain('Generation speed mean = 66.6667 tok/s');
  });

  test('says the same as the printed one', () => {
    const printed = new Map(fromText('bench-throughput-e1.log').map(({ label, value }) => [label, value]));
    const written = reportJsonFigures(jsonOf('report-e1.json'));
    expect(written.length).toBeGreaterThan(10);
    for (const { label, value } of written) expect(printed.get(label)).toBeCloseTo(value, -1);
  });

  test.each([undefined, null, 3, [], {}, { performance: null }, { performance: { total_latency_ms: 'x' } }])(
    'anything else has no figures: %j',
    (json) => {
      expect(reportJsonFigures(json)).toEqual([]);
      expect(servingJsonFigures(json)).toEqual([]);
      expect(requestJsonFigures(json)).toEqual([]);
    },
  );
});

describe('benchmark_serving', () => {
  test('its printed block, where what is not a number is left out', () => {
    const found = table(fromText('serving.log'));
    expect(found).toContain('Output throughput = 1260 tok/s');
    expect(found).toContain('Failed requests = 1 requests');
    expect(found).toContain('TTFT p50 = 80.25 ms');
    expect(found).toContain('TPOT standard deviation = 0.3 ms');
    expect(found).toContain('ITL p99 = 11.2 ms');
    expect(found).toContain('E2E latency mean = 821.7 ms');
    expect(found.join()).not.toContain('ITL standard deviation');
  });

  test('its file, with the percentiles that were asked for', () => {
    const found = table(servingJsonFigures(jsonOf('serving-result.json')));
    expect(found).toContain('Output throughput = 1259.606 tok/s');
    expect(found).toContain('ITL p99.9 = 12.5 ms');
    expect(found).toContain('Successful requests = 63 requests');
  });
});

describe('files of single requests and iterations', () => {
  test('requests give distributions; what was not measured is left out', () => {
    expect(table(requestJsonFigures(jsonOf('requests.json')))).toEqual([
      'TTFT mean = 15 ms',
      'TTFT p50 = 10 ms',
      'TTFT p90 = 20 ms',
      'TTFT p95 = 20 ms',
      'TTFT p99 = 20 ms',
      'TTFT min = 10 ms',
      'TTFT max = 20 ms',
      'TPOT mean = 5.625 ms',
      'TPOT p50 = 5 ms',
      'TPOT p90 = 6.25 ms',
      'TPOT p95 = 6.25 ms',
      'TPOT p99 = 6.25 ms',
      'TPOT min = 5 ms',
      'TPOT max = 6.25 ms',
      'E2E latency mean = 70 ms',
      'E2E latency p50 = 70 ms',
      'E2E latency p90 = 90 ms',
      'E2E latency p95 = 90 ms',
      'E2E latency p99 = 90 ms',
      'E2E latency min = 50 ms',
      'E2E latency max = 90 ms',
    ]);
  });

  test.each([
    [
      'iteration-log-e1.txt',
      [
        'Iterations recorded = 2 iterations',
        'KV cache used at most = 0.75 ratio',
        'Requests queued at most = 12 requests',
        'Requests active on average = 6 requests',
      ],
    ],
    [
      'iteration-log-e3.jsonl',
      [
        'Iterations recorded = 1 iterations',
        'KV cache used at most = 0.01 ratio',
        'Requests queued at most = 0 requests',
        'Requests active on average = 1 requests',
      ],
    ],
  ])('%s is read as Python and as JSON write it', (name, expected) => {
    const records = new IterationRecords();
    for (const line of textOf(name).split('\n')) records.take(line);
    expect(table(records.figures())).toEqual(expected);
  });

  test('nothing recorded gives nothing', () => {
    expect(new IterationRecords().figures()).toEqual([]);
  });
});

test('of two sources the first one counts', () => {
  const exact = [{ label: 'Total latency', value: 1.25, unit: 'ms' }];
  const rounded = [
    { label: 'Total latency', value: 1.3, unit: 'ms' },
    { label: 'TTFT p50', value: 2, unit: 'ms' },
  ];
  expect(table(mergeFigures([exact, rounded]))).toEqual(['Total latency = 1.25 ms', 'TTFT p50 = 2 ms']);
});
