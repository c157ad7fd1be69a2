// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { configurationDifference } from '#renderer/features/compare/model/configuration.ts';
import {
  changeOf,
  figurePairs,
  kindTimes,
  layerPairs,
  stepTimes,
} from '#renderer/features/compare/model/two-runs.ts';
import { maskEntry } from '#main/launch/secrets.ts';
import { makeManifest } from '../../../../builders/run.ts';

const base = makeManifest();
const withArgs = (id: string, args: string[]) =>
  makeManifest({ id, command: { program: 'serve', cwd: '/', args } });

describe('the difference of two configurations', () => {
  test('of a run with itself is none', () => {
    const { rows, equal, masked } = configurationDifference(base, base);
    expect(rows).toEqual([]);
    expect(equal).toBeGreaterThan(10);
    expect(masked).toEqual([]);
  });

  test('names parameters, switches, environment, versions and machine, and what only one has', () => {
    const other = makeManifest({
      form: { ...base.form, perfectRouter: !base.form.perfectRouter, parameters: { layers: 7 } },
      environment: [{ name: 'NCCL_DEBUG', value: 'INFO' }],
      versions: { ...base.versions, torch: '2.9.0' },
      host: { ...base.host, cores: base.host.cores + 1 },
      gpus: [{ name: 'H100' }, { name: 'H100' }],
    });
    const { rows } = configurationDifference(makeManifest({ environment: [], gpus: [] }), other);
    const found = (name: string) => rows.find((row) => row.name === name);
    expect(found('perfect router')).toMatchObject({ group: 'Run', a: 'off', b: 'on' });
    expect(found('layers')).toMatchObject({ group: 'Parameter', b: '7' });
    expect(found('NCCL_DEBUG')).toEqual({
      group: 'Environment',
      name: 'NCCL_DEBUG',
      a: 'not set',
      b: 'INFO',
    });
    expect(found('torch')).toMatchObject({ group: 'Version', a: 'not set', b: '2.9.0' });
    expect(found('cores')?.group).toBe('Machine');
    expect(found('GPUs')).toMatchObject({ a: 'none', b: 'H100, H100' });
  });

  test('reads flags in both spellings, negative values, switches and arguments without a flag', () => {
    const a = withArgs('run-aaaa', [
      'serve',
      '--tp=2',
      '--bias',
      '-3',
      '--eager',
      '--report',
      '/x/run-aaaa/r.json',
    ]);
    const b = withArgs('run-bbbb', ['serve', '--tp', '4', '--bias', '-4', '--report', '/x/run-bbbb/r.json']);
    const flags = configurationDifference(a, b).rows.filter(({ group }) => group === 'Flag');
    expect(flags).toEqual([
      { group: 'Flag', name: '--tp', a: '2', b: '4' },
      { group: 'Flag', name: '--bias', a: '-3', b: '-4' },
      { group: 'Flag', name: '--eager', a: 'on', b: 'not set' },
    ]);
  });

  test('cannot tell whether masked secrets differ, and says so instead of calling them equal', () => {
    const secret = (value: string) => makeManifest({ environment: [maskEntry({ name: 'HF_TOKEN', value })] });
    const { rows, masked } = configurationDifference(secret('one'), secret('two'));
    expect(rows).toEqual([]);
    expect(masked).toEqual(['HF_TOKEN']);
    const [row] = configurationDifference(makeManifest({ environment: [] }), secret('two')).rows;
    expect(row).toMatchObject({ name: 'HF_TOKEN', a: 'not set' });
    expect(row?.b).not.toContain('two');
  });
});

describe('figures of two runs', () => {
  test('stand next to each other, rates first, with what only one reported', () => {
    const latency = { label: 'Total latency', value: 10, unit: 'ms' };
    const rate = (value: number) => ({ label: 'Output throughput', value, unit: 'tok/s' });
    const pairs = figurePairs([latency, rate(100)], [rate(110)]);
    expect(pairs.map(({ label, a, b }) => [label, a, b])).toEqual([
      ['Output throughput', 100, 110],
      ['Total latency', 10, null],
    ]);
    expect(pairs.map(changeOf)).toEqual([expect.closeTo(0.1, 12), null]);
    expect(changeOf({ a: 0, b: 1 })).toBeNull();
  });

  test('iteration times meet at their numbers; of ranks the slowest counts', () => {
    const line = (iteration: number, hostStepMs: number, rank = 0) => ({ iteration, hostStepMs, rank });
    expect(stepTimes([line(1, 5), line(1, 7, 1), line(2, 6)], [line(2, 8), line(10, 9)])).toEqual({
      iterations: [1, 2, 10],
      a: [7, 6, null],
      b: [null, 8, 9],
    });
  });

  test('iterations with and without context are never mixed', () => {
    const line = (hostStepMs: number, contextTokens: number) => ({ iteration: 1, hostStepMs, contextTokens });
    expect(kindTimes([line(9, 100), line(1, 0), line(2, 0)], [line(3, 0)])).toEqual([
      { kind: 'with context', countA: 1, countB: 0, a: 9, b: null },
      { kind: 'generation only', countA: 2, countB: 1, a: 1.5, b: 3 },
    ]);
  });

  test('without statistics there are no layers', () => {
    expect(layerPairs(null, null)).toEqual([]);
  });
});
