// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Inspection } from '#main/services/inspect.ts';
import { temporaryFolder } from '../builders/folder.ts';

const folder = temporaryFolder();
const recordings = ['eager', 'graph-lossy', 'gil-lossy', 'workload-eager', 'workload-graphs'] as const;
type Recording = (typeof recordings)[number];
const pathOf = (name: Recording): string => resolve(`test/fixtures/traces/nsys-h100-${name}.sqlite.gz`);

interface ReferenceStep {
  readonly index: number;
  readonly windowNs: number;
}

/** What the script of its own says; the order and the names of its figures are the test's. */
interface Reference {
  readonly slices: number;
  readonly nvtxEvents: number;
  readonly apiCalls: number;
  readonly device: {
    readonly kernels: number;
    readonly kernelNs: number;
    readonly memcpyNs: number;
    readonly memsetNs: number;
    readonly busyNs: Readonly<Record<string, number>>;
    readonly kernelsByStream: Readonly<Record<string, readonly [count: number, totalNs: number]>>;
  };
  readonly steps: readonly ReferenceStep[];
  readonly diagnostics: number;
}

function inspectAll(...paths: string[]): Inspection[] {
  const { status, stdout } = spawnSync(
    process.execPath,
    [resolve('dist/cli/index.js'), 'inspect', '--json', ...paths],
    { encoding: 'utf8', env: { PATH: process.env['PATH'], ITERSCOPE_HOME: folder() }, maxBuffer: 1 << 28 },
  );
  expect(status).toBe(0);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Inspection);
}

function inspect(name: Recording): Inspection {
  const [found] = inspectAll(pathOf(name));
  if (found === undefined) throw new Error('nothing was printed');
  return found;
}

/** The script's output, kept beside it, so that machines without Python compare with it, too. */
function reference(name: Recording): Reference {
  return JSON.parse(readFileSync(resolve(`test/reference/nsys-h100-${name}.json`), 'utf8')) as Reference;
}

const hasPython = spawnSync('python3', ['-c', 'import sqlite3']).status === 0;

/** The figures of a step that the script computes, too. */
function comparable(step: Inspection['iterations'][number]): Record<string, unknown> {
  const { startNs, endNs, threads, captured, inferred, gilWaitingNs, ...figures } = step;
  expect(inferred).toBe(false);
  expect(['complete', 'partial', 'empty']).toContain(captured);
  expect(threads.length).toBeLessThanOrEqual(1);
  expect(gilWaitingNs).toBeNull();
  const { index, contextRequests, contextTokens, generationRequests } = figures;
  const { gpuBusyNs, kernelCount, kernelTimeNs, gcNs, gilHeldNs } = figures;
  return {
    ...{ index, contextRequests, contextTokens, generationRequests },
    ...{ gpuBusyNs, kernelCount, kernelTimeNs, gcNs, gilHeldNs },
    windowNs: endNs - startNs,
  };
}

describe('iterscope inspect on reports of Nsight Systems', () => {
  test.each(recordings)('%s: every count and nanosecond is that of an independent script', (name) => {
    const found = inspect(name);
    const expected = reference(name);
    expect(found.format).toBe('nsys');
    expect(found.slices).toBe(expected.slices);
    const { kernelCount, kernelTimeNs, memcpyTimeNs, memsetTimeNs, devices } = found.gpu;
    expect({
      kernels: kernelCount,
      kernelNs: kernelTimeNs,
      memcpyNs: memcpyTimeNs,
      memsetNs: memsetTimeNs,
      busyNs: Object.fromEntries(devices.map(({ id, busyNs }) => [id.toString(), busyNs])),
    }).toEqual({
      kernels: expected.device.kernels,
      kernelNs: expected.device.kernelNs,
      memcpyNs: expected.device.memcpyNs,
      memsetNs: expected.device.memsetNs,
      busyNs: expected.device.busyNs,
    });
    expect(found.iterations.map(comparable)).toEqual(expected.steps);
    const said = found.warnings.filter(({ code }) => code === 'recorder-diagnostic');
    expect(said.reduce((sum, { count }) => sum + count, 0)).toBe(expected.diagnostics);
  });

  test.runIf(hasPython).each(recordings)('%s: the kept figures are what the script says now', (name) => {
    const script = resolve('test/reference/nsys_figures.py');
    const { status, stdout, stderr } = spawnSync('python3', [script, pathOf(name)], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual(reference(name));
  });

  test('the eager report is complete', () => {
    const found = inspect('eager');
    expect(found.gpu).toMatchObject({ kernelCount: 7_296, kernelTimeNs: 26_831_867 });
    expect(found.gpu.devices[0]?.name).toBe('NVIDIA H100 80GB HBM3');
    expect(found.iterations.map(({ index, kernelCount }) => [index, kernelCount])).toEqual([
      [20, 1_827],
      [21, 1_827],
      [22, 1_821],
      [23, 1_821],
    ]);
    expect(found.capture).toEqual({ steps: 4, incomplete: [], cutIn: null });
    expect(found.warnings).toEqual([]);
  });

  test('the graph report is incomplete from step 21, and says what its recorder said', () => {
    const found = inspect('graph-lossy');
    expect(found.gpu).toMatchObject({ kernelCount: 1_082, kernelTimeNs: 12_053_509 });
    const missing = [21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31];
    expect(found.capture).toEqual({ steps: 16, incomplete: missing, cutIn: 20 });
    const warnings = Object.fromEntries(
      found.warnings.map(({ code, message, count }) => [code, { message, count }]),
    );
    expect(warnings['capture-incomplete']?.count).toBe(11);
    expect(warnings['capture-incomplete']?.message).toMatch(/^Incomplete from step 21: 11 of 16 steps/);
    expect(warnings['recorder-diagnostic']).toEqual({
      message: 'The recorder says: Error when processing events: Unknown runtime API function index: 468',
      count: 1,
    });
  });

  test('the report with the global lock is incomplete between its first and last steps', () => {
    const found = inspect('gil-lossy');
    expect(found.gpu).toMatchObject({ kernelCount: 84, kernelTimeNs: 807_251 });
    expect(found.capture).toEqual({ steps: 8, incomplete: [31, 32, 33, 34, 35], cutIn: null });
    expect(found.iterations.every(({ gilHeldNs }) => (gilHeldNs ?? 0) > 0)).toBe(true);
    const [thread] = found.iterations[0]?.threads ?? [];
    expect(thread).toMatchObject({ pid: '74', tid: '74', name: 'python3 74' });
    expect(thread?.gilHeldNs).toBe(found.iterations[0]?.gilHeldNs);
  });
});

describe('the same load and window, once by Nsight Systems and once by PyTorch’s profiler', () => {
  const kernels = ({ iterations }: Inspection): Record<number, number> =>
    Object.fromEntries(iterations.map(({ index, kernelCount }) => [index, kernelCount]));
  const byTorch = (name: string): Inspection => {
    const [found] = inspectAll(resolve(`test/fixtures/traces/h100-${name}.json.gz`));
    if (found === undefined) throw new Error('nothing was printed');
    return found;
  };

  test('without graphs: as many kernels in each iteration, and the capture is complete', () => {
    const nsight = inspect('workload-eager');
    expect(nsight.capture).toEqual({ steps: 6, incomplete: [], cutIn: null });
    expect(kernels(nsight)).toEqual({ 20: 440, 21: 440, 22: 440, 23: 440, 24: 440, 25: 431 });
    expect(kernels(byTorch('workload-eager'))).toEqual(kernels(nsight));
  });

  test('with graphs, traced by node: as many but for copies, which PyTorch calls kernels there', () => {
    const nsight = inspect('workload-graphs');
    const torch = byTorch('workload-graphs');
    expect(nsight.capture).toEqual({ steps: 12, incomplete: [], cutIn: null });
    const copies = torch.topKernels.filter(({ name }) => name === 'memcpy32_post');
    expect(copies).toMatchObject([{ count: 288, kind: 'memory copy' }]);
    for (const { index, kernelCount } of nsight.iterations) {
      // 24 copies in each replay.
      expect(torch.iterations.find((other) => other.index === index)?.kernelCount).toBe(kernelCount + 24);
    }
    expect(torch.gpu.kernelCount).toBe(nsight.gpu.kernelCount + 288);
  });

  test('creations of graph nodes, long before the window, are counted and neither drawn nor within the span', () => {
    const { warnings, span } = inspect('workload-graphs');
    expect(warnings.find(({ code }) => code === 'not-drawn')?.count).toBe(11_144);
    expect(span.endNs).toBeLessThan(100e6);
  });
});

describe('several ranks', () => {
  test('in one report are told apart by process, with windows, devices and clocks of their own', () => {
    const ranks = inspectAll(resolve('test/fixtures/traces/nsys-two-ranks.sqlite.gz'));
    expect(ranks.map(({ rank, process }) => [rank, process])).toEqual([
      [0, 123],
      [1, 130],
    ]);
    expect(ranks.map(({ gpu }) => gpu.devices.map(({ id }) => id))).toEqual([[0], [1]]);
    const alone = inspect('graph-lossy');
    for (const rank of ranks) {
      expect(rank.slices).toBe(alone.slices);
      expect(rank.gpu).toMatchObject({ kernelCount: 1_082, kernelTimeNs: 12_053_509 });
      expect(rank.iterations.map(({ gpuBusyNs }) => gpuBusyNs)).toEqual(
        alone.iterations.map(({ gpuBusyNs }) => gpuBusyNs),
      );
    }
    const [first, second] = ranks.map(({ span }) => BigInt(span.originNs));
    expect((second ?? 0n) - (first ?? 0n)).toBe(1_000_000n);
  });

  test('are exported one at a time, by their number', () => {
    const report = resolve('test/fixtures/traces/nsys-two-ranks.sqlite.gz');
    const [home, target] = [folder(), join(folder(), 'kernels.csv')];
    const write = (...rank: string[]) =>
      spawnSync(
        process.execPath,
        [resolve('dist/cli/index.js'), 'export', report, target, '--csv', 'slices', ...rank],
        { encoding: 'utf8', env: { PATH: process.env['PATH'], ITERSCOPE_HOME: home } },
      );
    const unnamed = write();
    expect([unnamed.status, unnamed.stderr]).toEqual([
      1,
      expect.stringContaining('2 traces: name one file, or a rank with --rank.'),
    ]);
    const missing = write('--rank', '7');
    expect([missing.status, missing.stderr]).toEqual([
      1,
      expect.stringContaining('no rank 7: it holds ranks 0, 1.'),
    ]);
    const written = [0, 1].map((rank) => {
      expect(write('--rank', rank.toString()).status).toBe(0);
      return readFileSync(target, 'utf8');
    });
    expect(written.map((text) => text.trimEnd().split('\n').length - 1)).toEqual([1_655, 1_655]);
    // The same work, on devices of their own.
    expect(written[0]).not.toBe(written[1]);
  });

  test('in a folder are its files, by the ranks in their names; an export stands for its report', () => {
    const home = folder();
    for (const rank of [1, 0]) {
      copyFileSync(pathOf('graph-lossy'), join(home, `nsys_worker_proc_GEN_0_${rank.toString()}.sqlite.gz`));
    }
    writeFileSync(join(home, 'nsys_worker_proc_GEN_0_1.nsys-rep'), 'its export lies beside it');
    writeFileSync(join(home, 'report.json'), '{"performance": {}}');
    const found = inspectAll(home);
    expect(found.map(({ rank, slices }) => [rank, slices])).toEqual([
      [0, 1_655],
      [1, 1_655],
    ]);
  });
});
