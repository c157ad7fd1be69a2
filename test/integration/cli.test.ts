// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import type { Inspection } from '#main/services/inspect.ts';
import { temporaryFolder } from '../builders/folder.ts';

const folder = temporaryFolder();
const traces = resolve('test/fixtures/traces');

function iterscope(home: string, ...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const result = spawnSync(process.execPath, [resolve('dist/cli/index.js'), ...args], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ITERSCOPE_HOME: home },
    maxBuffer: 1 << 28,
  });
  return { code: result.status, stdout: result.stdout, stderr: result.stderr };
}

/** Every expert once, those with most replicas first: they all meet on the first ranks. */
function crowdedSlots(slots: readonly number[]): number[] {
  const replicas = new Map<number, number>();
  for (const expert of slots) replicas.set(expert, (replicas.get(expert) ?? 0) + 1);
  return [...replicas].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([expert]) => expert);
}

const inspect = (...files: string[]): Inspection[] => {
  const { code, stdout } = iterscope(folder(), 'inspect', '--json', ...files);
  expect(code).toBe(0);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Inspection);
};

/** A cell of a Parquet file as the CSV has it. */
function csvCell(value: string | number | bigint | boolean | null | undefined): string {
  if (value === null || value === undefined) return '';
  const text = value.toString();
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

describe('iterscope inspect', () => {
  test('shows names of kernels that a terminal would obey', () => {
    const name = '\u001b]52;c;cm0gLXJm\u0007\u001b[2Jkernel\nowned';
    const event = {
      ph: 'X',
      cat: 'kernel',
      name,
      ts: 1,
      dur: 5,
      pid: 0,
      tid: 7,
      args: { device: 0, stream: 7 },
    };
    const file = join(folder(), 'trace.json');
    writeFileSync(file, JSON.stringify({ traceEvents: [event] }));
    const { code, stdout } = iterscope(folder(), 'inspect', file);
    expect(code).toBe(0);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toContain(String.raw`\u001b]52;c;cm0gLXJm\u0007\u001b[2Jkernel owned`);
    expect(inspect(file)[0]?.topKernels[0]?.name).toBe(name);
  });

  test('says of the eager recording what independent scripts say', () => {
    const [found] = inspect(join(traces, 'kineto-h100-eager.json.gz'));
    expect(found?.slices).toBe(133_352);
    expect(found?.gpu.kernelCount).toBe(20_049);
    expect(found?.gpu.kernelTimeNs).toBe(74_271_446);
    expect(found?.gpu.devices.map(({ id, busyNs }) => ({ id, busyNs }))).toEqual([
      { id: 0, busyNs: 75_589_063 },
    ]);
    expect(found?.iterations.map(({ index }) => index)).toEqual(Array.from({ length: 11 }, (_, i) => 20 + i));
    expect(found?.iterations.every(({ inferred }) => !inferred)).toBe(true);
  });

  test('says what HolisticTraceAnalysis says of a trace, under its name', () => {
    const drawn = resolve('test/fixtures/hta/drawn.json');
    expect(inspect(drawn)[0]?.hta).toMatchObject({
      startNs: 20_000,
      idleNs: 1_774_000,
      computeNs: 256_000,
      streams: [{ stream: 7, otherNs: 61_000, queueMax: 3 }, { stream: 13 }, { stream: 20 }],
    });
    const { stdout } = iterscope(folder(), 'inspect', '--hta', drawn);
    expect(stdout).toContain('By the definitions of HolisticTraceAnalysis 0.5.0');
    expect(stdout).toMatch(/^7 +1\.739 ms +54\.00 µs +61\.00 µs +3 /m);
    expect(iterscope(folder(), 'inspect', drawn).stdout).not.toContain('HolisticTraceAnalysis');
  });

  test('says of the overlap recordings what independent scripts say', () => {
    const [marked, bare] = inspect(
      join(traces, 'kineto-h100-overlap.json.gz'),
      join(traces, 'kineto-h100-overlap-nomarkers.json.gz'),
    );
    expect(marked?.slices).toBe(10_404);
    expect(marked?.gpu).toMatchObject({ kernelCount: 5_328, kernelTimeNs: 59_129_168 });
    expect(marked?.gpu.devices[0]?.busyNs).toBe(59_410_082);
    expect(marked?.iterations.map(({ index }) => index)).toEqual(
      Array.from({ length: 16 }, (_, i) => 16 + i),
    );
    expect(
      marked?.iterations
        .filter(({ contextRequests }) => (contextRequests ?? 0) > 0)
        .map(({ index }) => index),
    ).toEqual([20, 26]);
    expect(bare?.gpu).toMatchObject({ kernelCount: 5_328, kernelTimeNs: 59_388_409 });
    expect(bare?.gpu.devices[0]?.busyNs).toBe(59_678_753);
  });

  test('goes on after a file that is none, and says which and what to do', () => {
    const home = folder();
    const foreign = join(home, 'notes.json');
    writeFileSync(foreign, 'shopping list');
    const good = join(traces, 'kineto-h100-overlap.json.gz');
    const { code, stdout, stderr } = iterscope(
      home,
      'inspect',
      '--json',
      foreign,
      '/no/such/file.json',
      good,
    );
    expect(code).toBe(1);
    const documents = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(documents).toHaveLength(3);
    expect(documents[0]?.['error']).toMatchObject({ code: 'trace.not-a-trace' });
    expect(documents[1]?.['error']).toMatchObject({ code: 'trace.not-found' });
    expect(documents[2]?.['slices']).toBe(10_404);
    expect(stderr).toContain(foreign);
  });

  test('prints a table for people', () => {
    const { stdout } = iterscope(folder(), 'inspect', join(traces, 'kineto-h100-overlap.json.gz'));
    expect(stdout).toContain('59.13 ms in all');
    expect(stdout).toMatch(/20 .* ctx/);
  });
});

describe('iterscope export and cut', () => {
  const overlap = join(traces, 'kineto-h100-overlap.json.gz');

  test('cut iterations into a trace that says the same of them', () => {
    const target = join(folder(), 'cut.json');
    const { code, stdout } = iterscope(folder(), 'cut', overlap, '--iterations', '19-22', '-o', target);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/cut\.json: [\d,]+ slices, .*iB\n$/)]);
    const [whole] = inspect(overlap);
    const [part] = inspect(target);
    const figures = (inspection: Inspection | undefined) =>
      inspection?.iterations
        .filter(({ index }) => index >= 19 && index <= 21)
        .map(({ index, gpuBusyNs, kernelCount, kernelTimeNs }) => [
          index,
          gpuBusyNs,
          kernelCount,
          kernelTimeNs,
        ]);
    expect(part?.iterations.map(({ index }) => index)).toEqual([19, 20, 21, 22]);
    expect(figures(part)).toEqual(figures(whole));
    expect(part?.gpu.devices.map(({ name }) => name)).toEqual(whole?.gpu.devices.map(({ name }) => name));
  });

  test('write tables whose sums are those of inspect', () => {
    const [whole] = inspect(overlap);
    const kernels = join(folder(), 'kernels.csv');
    expect(iterscope(folder(), 'export', overlap, kernels, '--csv', 'kernels').code).toBe(0);
    const [head = '', ...rows] = readFileSync(kernels, 'utf8').trim().split('\n');
    const columns = head.split(',');
    const sum = (name: string) =>
      // Names may hold commas: columns are counted from the end.
      rows.reduce(
        (total, row) => total + Number(row.split(',').at(columns.indexOf(name) - columns.length)),
        0,
      );
    expect([sum('count'), sum('totalNs')]).toEqual([whole?.gpu.kernelCount, whole?.gpu.kernelTimeNs]);
    const iterations = join(folder(), 'iterations.csv');
    const asked = ['export', overlap, iterations, '--csv', 'iterations', '--iterations', '20-24'];
    expect(iterscope(folder(), ...asked).stdout).toMatch(/: 5 iterations, /);
    const slices = join(folder(), 'slices.csv');
    const timed = ['export', overlap, slices, '--csv', 'slices', '--from', '1', '--to', '2'];
    expect(iterscope(folder(), ...timed).stdout).toMatch(/: [\d,]+ slices, /);
  });

  test('write the same tables as Parquet, read back by a reader of another make', async () => {
    for (const table of ['slices', 'iterations', 'kernels', 'operators'] as const) {
      const asked = (format: 'csv' | 'parquet') => {
        const path = join(folder(), `${table}.${format}`);
        const { stderr, code } = iterscope(
          folder(),
          ...['export', overlap, path, `--${format}`, table, '--iterations', '20-21'],
        );
        expect([code, stderr]).toEqual([0, '']);
        return path;
      };
      const [head = '', ...lines] = readFileSync(asked('csv'), 'utf8').trimEnd().split('\n');
      const bytes = readFileSync(asked('parquet'));
      const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
      const rows = await parquetReadObjects({ file });
      expect(Object.keys(rows[0] ?? {}).join(',')).toBe(head);
      expect(rows.map((row) => Object.values(row).map(csvCell).join(','))).toEqual(lines);
      expect(lines.length).toBeGreaterThan(1);
    }
  });

  test('refuse what makes no sense, and write nothing', () => {
    const target = join(folder(), 'x.json');
    const tried = [
      ['cut', overlap, '--iterations', '30-20', '-o', target],
      ['cut', overlap, '--iterations', '900', '-o', target],
      ['export', overlap, target, '--chrome', '--iterations', '20', '--from', '1'],
      ['export', overlap, target, '--chrome', '--from', '5', '--to', '2'],
      ['cut', overlap, '--iterations', '20', '-o', '/no/such/folder/x.json'],
    ].map((args) => iterscope(folder(), ...args));
    expect(tried.map(({ code }) => code)).toEqual([2, 1, 2, 2, 1]);
    const said = tried.map(({ stderr }) => stderr).join('');
    expect(said).toContain('--iterations 30-20 is no range');
    expect(said).toContain('it holds 16 to 31');
    expect(said).toContain('not both');
    expect(said).toContain('/no/such/folder/x.json');
    expect(existsSync(target)).toBe(false);
  });
});

describe('iterscope run', () => {
  const small = ['--set', 'layers=2', '--set', 'requests=64', '--set', 'iterations=20'];

  test('does a run and says what it gave', () => {
    const { code, stdout } = iterscope(
      folder(),
      'run',
      '--recipe',
      'embedded-moe-engine',
      ...small,
      '--window',
      '5+5',
      '--trace',
    );
    expect(code).toBe(0);
    expect(stdout).toContain('Captured exactly what was asked: 5 iterations on 2 ranks.');
    expect(stdout).toMatch(/Output throughput .*tok\/s \(profiled: not a measurement\)/);
  });

  test.each([
    [['run', '--recipe', 'no-such'], 2, 'There is no recipe "no-such"'],
    [['run', '--recipe', 'embedded-moe-engine', '--set', 'layers=x'], 2, 'not a number'],
    [
      ['run', '--recipe', 'embedded-moe-engine', '--window', '30-20', '--trace'],
      2,
      'ends at or before its start',
    ],
    [['run', '--recipe', 'embedded-moe-engine', '--window', '5+5,8+5', '--trace'], 2, 'overlap'],
    [
      ['run', '--recipe', 'embedded-moe-engine', '--window', 'abc', '--trace'],
      2,
      'is not an iteration window',
    ],
    [['run', '--recipe', 'embedded-moe-engine', ...small, '--set', 'experts=5'], 1, 'do not split evenly'],
    [['dance'], 2, "unknown command 'dance'"],
    [['inspect'], 2, 'missing required argument'],
  ])('%j ends with %d and a sentence', (args, expected, part) => {
    const { code, stdout, stderr } = iterscope(folder(), ...args);
    expect(code).toBe(expected);
    expect(stdout + stderr).toContain(part);
  });
});

describe('the library in a terminal', () => {
  test('is listed, and a run goes from one to another as one file', () => {
    const home = folder();
    const run = iterscope(
      home,
      ...['run', '--recipe', 'embedded-moe-engine', '--json'],
      ...['--set', 'layers=2', '--set', 'requests=64', '--set', 'iterations=20'],
    );
    const { id } = JSON.parse(run.stdout) as { id: string };
    expect(iterscope(home, 'list').stdout).toMatch(new RegExp(`^Run .*\n${id} +ready .* tok/s +.* ms`));
    const archive = join(folder(), 'run.zip');
    expect(iterscope(home, 'export', id.slice(0, 12), archive)).toMatchObject({ code: 0, stderr: '' });

    const other = folder();
    const imported = iterscope(other, 'import', archive);
    expect(imported).toMatchObject({ code: 0, stdout: `${join(other, 'data', 'runs', id)}\n` });
    const listed = JSON.parse(iterscope(other, 'list', '--json').stdout) as Record<string, unknown>;
    expect(listed).toMatchObject({ id, state: 'ready', folder: join(other, 'data', 'runs', id) });
    expect(iterscope(other, 'import', archive)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is in the library already') as string,
    });
  });

  test.each([
    [['export', 'no-such-run', 'x.zip'], 'There is no run no-such-run'],
    [['import', '/no/such/file.zip'], 'There is no file /no/such/file.zip'],
  ])('%j fails with a sentence', (args, part) => {
    const { code, stderr } = iterscope(folder(), ...args);
    expect(code).toBe(1);
    expect(stderr).toContain(part);
  });
});

/** vLLM's load window of one step and layer, whose two slots hold experts 1 and 0. */
function loadWindow(): Buffer {
  const header = JSON.stringify({
    expert_load_window: { dtype: 'I64', shape: [1, 1, 2], data_offsets: [0, 16] },
    physical_to_logical_map: { dtype: 'I64', shape: [1, 2], data_offsets: [16, 32] },
  });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, Buffer.from(header), Buffer.from(BigInt64Array.of(5n, 7n, 1n, 0n).buffer)]);
}

describe('iterscope experts', () => {
  const statistics = resolve('test/fixtures/expert-statistic-drift');

  test('prints every figure of every layer, as text and as JSON', () => {
    const text = iterscope(folder(), 'experts', statistics, '--ranks', '4');
    expect(text.code).toBe(0);
    expect(text.stdout).toContain('vLLM balancedness');
    expect(text.stdout).toMatch(/^0 .* 4\.360 .* 4\.140/m);
    const json = iterscope(folder(), 'experts', statistics, '--ranks', '4', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      file: statistics,
      ranks: 4,
      summary: { experts: 32, iterationCount: 200 },
      layers: Array.from({ length: 8 }, (_, layer) => ({ layer })),
    });
  });

  test('refuses what is no folder of statistics, and ranks that are no number', () => {
    const missing = iterscope(folder(), 'experts', folder());
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('rank*.safetensors')]);
    expect(iterscope(folder(), 'experts', statistics, '--ranks', 'x').code).toBe(2);
  });

  test('reads records of SGLang and plain tables, and refuses a record that would run something', () => {
    const records = resolve('test/fixtures/expert-records');
    const at = (name: string) =>
      iterscope(folder(), 'experts', join(records, name), '--ranks', '4', '--json');
    expect(JSON.parse(at('expert_distribution_recorder_1700000000.1.pt').stdout)).toMatchObject({
      summary: { experts: 8, iterationCount: 6, warnings: [{ code: 'experts.steps-unordered' }] },
      layers: [{ tokens: 1288 }, { tokens: 926 }, { tokens: 1116 }],
    });
    expect(JSON.parse(at('counts.csv').stdout)).toMatchObject({ summary: { combination: 'summed' } });
    const tensors = join(folder(), 'load.safetensors');
    writeFileSync(tensors, loadWindow());
    expect(
      JSON.parse(iterscope(folder(), 'experts', tensors, '--ranks', '2', '--json').stdout),
    ).toMatchObject({
      summary: { experts: 2, iterationCount: 1 },
      layers: [{ tokens: 12 }],
    });
    const log = join(folder(), 'server.log');
    writeFileSync(log, 'INFO EPLB step: avg_tokens=4.00, max_tokens=8, balancedness=0.5000\n');
    expect(iterscope(folder(), 'experts', log).stdout).toMatch(/^unnamed +0\.500 +0\.500 /m);
    const hostile = at('hostile.pt');
    expect([hostile.code, hostile.stderr]).toEqual([1, expect.stringContaining('posix.system')]);
  });

  test('makes a plan, writes it, and judges the file; a worse one is called worse', () => {
    const home = folder();
    const file = join(home, 'eplb.yaml');
    const at = ['experts', resolve('test/fixtures/expert-statistic'), '--ranks', '8'];
    const made = iterscope(home, ...at, '--plan', 'tensorrt-llm', '--slots', '80', '--export', file);
    expect(made.stderr).toBe('');
    expect(made.stdout).toContain('The plan leaves less imbalance');
    expect(made.stdout).toMatch(/^average +\d\.\d{3} +0\.\d{3}/m);
    const judged = iterscope(home, ...at, '--judge', file, '--json');
    const plan = JSON.parse(judged.stdout) as { verdict: string; layers: { slots: number[] }[] };
    expect(plan.verdict).toBe('better');
    expect(plan.layers[0]?.slots).toHaveLength(80);
    // All of the hot experts on one rank.
    const crowded = join(home, 'crowded.yaml');
    writeFileSync(
      crowded,
      `num_slots: 64\ninitial_global_assignments:\n${Array.from({ length: 16 }, (_, layer) => `  ${layer}: [${crowdedSlots(plan.layers[layer]?.slots ?? []).join(', ')}]\n`).join('')}`,
    );
    expect(iterscope(home, ...at, '--judge', crowded).stdout).toContain('keep contiguous blocks');
    const none = iterscope(home, ...at, '--judge', join(home, 'none.yaml'));
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('none.yaml')]);
    expect(iterscope(home, ...at, '--plan', 'mine').code).toBe(2);
  });
});
