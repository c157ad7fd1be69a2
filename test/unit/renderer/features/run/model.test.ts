// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { IterationLine, RunExit, RunStep } from '#shared/contract/run.ts';
import { launchTarget } from '#shared/contract/target.ts';
import { definitionOf } from '#renderer/features/run/definitions.ts';
import {
  askedText,
  averageCores,
  batchText,
  capturedSteps,
  commandText,
  deathTexts,
  distributionsOf,
  exitSentence,
  figureParts,
  foundText,
  medianStepMs,
  newestStep,
  orderArtifacts,
  singleFigures,
  spansText,
  stepText,
  targetText,
  unreadText,
  wallText,
} from '#renderer/features/run/model.ts';

const steps = (...times: number[]): IterationLine[] =>
  times.map((hostStepMs, iteration) => ({ iteration, hostStepMs }));
const exit = (changes: Partial<RunExit>): RunExit => ({
  code: 0,
  signal: null,
  wallMs: 1,
  cpuMs: 1,
  peakRssBytes: 1,
  endedBy: 'program',
  ...changes,
});

describe('medianStepMs', () => {
  it('is the middle of the newest, whatever single steps do', () => {
    expect(medianStepMs(steps(1000, 3, 1, 2), 3)).toBe(2);
    expect(medianStepMs(steps(1, 2, 3, 4), 50)).toBe(2.5);
    expect(medianStepMs([], 50)).toBeNull();
  });
});

describe('capturedSteps', () => {
  it('is the median of the lines in the captured spans, and of no other', () => {
    const lines = steps(900, 10, 30, 800, 50, 700);
    const spans = [
      { first: 1, last: 2 },
      { first: 4, last: 4 },
    ];
    expect(capturedSteps(lines, spans)).toEqual({ medianMs: 30, count: 3 });
    expect(spansText(spans)).toBe('1–2, 4');
  });

  it('has no answer where the log has no line of them', () => {
    expect(capturedSteps(steps(1, 2), [{ first: 20, last: 29 }])).toBeNull();
    expect(capturedSteps(steps(1, 2), [])).toBeNull();
  });
});

describe('batchText', () => {
  it('names only what the iteration had', () => {
    const line = { iteration: 1, hostStepMs: 1 };
    expect(batchText({ ...line, contextRequests: 3, contextTokens: 1096, generationTokens: 128 })).toBe(
      '3 context (1,096 tokens), 128 generation',
    );
    expect(batchText({ ...line, contextRequests: 0, generationTokens: 5 })).toBe('5 generation');
    expect(batchText(line)).toBe('');
  });
});

describe('exitSentence', () => {
  it('says how the program ended and who wanted it', () => {
    expect(exitSentence(exit({}))).toBe('The program ended by itself without an error (exit code 0).');
    expect(exitSentence(exit({ code: 2 }))).toBe('The program ended with exit code 2.');
    expect(exitSentence(exit({ code: null, signal: 'SIGTERM', endedBy: 'cancel' }))).toBe(
      'It was cancelled; the program was ended by SIGTERM.',
    );
    expect(exitSentence(exit({ code: null, endedBy: 'application-died' }))).toBe(
      'Iterscope ended while the run went on; the program ended with exit code unknown.',
    );
  });
});

describe('figures of a run', () => {
  it('averages busy cores only over time that passed', () => {
    expect(averageCores(3000, 2000)).toBe(1.5);
    expect(averageCores(3000, 0)).toBeNull();
    expect(averageCores(undefined, 10)).toBeNull();
  });

  it('shows short times in seconds and long ones as a clock', () => {
    expect([wallText(15_234), wallText(61_000)]).toEqual(['15.23 s', '1:01']);
  });

  it('defines what programs report, and nothing that it does not know', () => {
    expect(definitionOf('Total Output Throughput')).toMatch(/^Generated tokens of all requests/);
    expect(definitionOf('Total Token Throughput')).toMatch(/^Prompt and generated tokens/);
    expect(definitionOf('Per GPU Output Throughput')).toMatch(/per second and device/);
    expect(definitionOf('Colour')).toBeUndefined();
  });
});

describe('the capture check', () => {
  it('tells what was asked and what each rank holds', () => {
    const check = {
      asked: [
        { first: 20, last: 29 },
        { first: 1000, last: 1001 },
      ],
      found: [
        { rank: 0, first: 20, last: 29, count: 10 },
        { rank: 1, first: null, last: null, count: 0 },
      ],
      complete: false,
      message: '',
    };
    expect(askedText(check)).toBe('20 to 29, 1,000 to 1,001');
    expect(foundText(check)).toEqual(['rank 0: 20 to 29 (10)', 'rank 1: none']);
  });
});

describe('commandText', () => {
  it('puts every option on a line of its own', () => {
    expect(commandText('/bin/engine', ['--layers', '8', '--fast', 'x'])).toBe(
      '/bin/engine\n  --layers 8\n  --fast x',
    );
  });
});

describe('what a run left', () => {
  it('shows ratios as percentages and other figures in their unit', () => {
    expect(figureParts({ label: 'gain', value: 0.4033, unit: 'ratio' })).toEqual(['40.3', '%']);
    expect(figureParts({ label: 'rate', value: 883.2, unit: 'tok/s' })).toEqual(['883.2', 'tok/s']);
  });

  it('lists the traces by rank, then the rest', () => {
    const artifacts = orderArtifacts([
      { kind: 'report-json', path: 'report.json', bytes: 1 },
      { kind: 'kineto-trace', path: 'trace-rank-10.json', bytes: 1, rank: 10 },
      { kind: 'expert-statistics', path: 'expert_statistic', bytes: 1 },
      { kind: 'kineto-trace', path: 'trace-rank-2.json', bytes: 1, rank: 2 },
    ]);
    expect(artifacts.map((artifact) => artifact.path)).toEqual([
      'trace-rank-2.json',
      'trace-rank-10.json',
      'expert_statistic',
      'report.json',
    ]);
  });
});

describe('distributions', () => {
  const figure = (label: string, value: number) => ({ label, value, unit: 'ms' });
  const figures = [
    figure('Total latency', 9),
    figure('TTFT max', 5),
    figure('TTFT p99.9', 4),
    figure('TTFT p50', 2),
    figure('E2E latency p99', 8),
    figure('TTFT mean', 3),
  ];

  it('become rows and columns in the order of reading', () => {
    const { rows, statistics } = distributionsOf(figures);
    expect(statistics).toEqual(['mean', 'p50', 'p99', 'p99.9', 'max']);
    expect(rows.map(({ name, values }) => [name, values.get('p50')])).toEqual([
      ['TTFT', 2],
      ['E2E latency', undefined],
    ]);
  });

  it('leave what stands for itself', () => {
    expect(singleFigures(figures).map(({ label }) => label)).toEqual(['Total latency']);
  });
});

describe('what has not been read', () => {
  const artifact = { kind: 'kineto-trace', path: 'a.json', bytes: 1 } as const;

  it('is everything of an interrupted run', () => {
    expect(unreadText({ state: 'interrupted', artifacts: [] })).toMatch(/ended before this run did/);
  });

  it('is what could not be read, unless it was deleted since', () => {
    const broken = { ...artifact, problem: 'It is cut.' };
    expect(unreadText({ state: 'failed', artifacts: [artifact, broken] })).toMatch(/^1 artifact could not/);
    expect(unreadText({ state: 'failed', artifacts: [{ ...broken, freedAt: 'x' }] })).toBeNull();
    expect(unreadText({ state: 'ready', artifacts: [artifact] })).toBeNull();
  });
});

describe('the end of processes', () => {
  it('names who was killed, by what and when', () => {
    const deaths = [{ pid: 12, name: 'worker', signal: 'SIGKILL', elapsedMs: 1500 }];
    expect(deathTexts(exit({ deaths }))).toEqual(['worker (12) by SIGKILL after 1.50 s']);
    expect(deathTexts(exit({}))).toEqual([]);
  });
});

describe('steps', () => {
  const step = (changes: Partial<RunStep>): RunStep => ({
    name: 'server',
    title: 'Server',
    role: 'serve',
    command: { program: 'p', args: [] },
    state: 'waiting',
    figures: [],
    ...changes,
  });

  it('show the newest that has begun', () => {
    const load = step({ name: 'load', role: 'load' });
    expect(newestStep([step({}), load])).toBe('server');
    expect(newestStep([step({ state: 'ready' }), { ...load, state: 'running' }])).toBe('load');
  });

  it('say how they stand', () => {
    expect(stepText(step({}))).toBe('not begun');
    expect(stepText(step({ state: 'ready' }))).toBe('answers');
    expect(stepText(step({ state: 'ended', exit: exit({ endedBy: 'cancel' }) }))).toBe(
      'ended when it was done',
    );
    expect(stepText(step({ state: 'ended', exit: exit({ signal: 'SIGSEGV', code: null }) }))).toMatch(
      /SIGSEGV/,
    );
    expect(stepText(step({ role: 'load', state: 'ended', exit: exit({ code: 2 }) }))).toBe('exit code 2');
  });
});

describe('targetText', () => {
  it('says where a run happened', () => {
    expect(targetText({ kind: 'local' })).toBe('this machine');
    const container = { kind: 'container', runtime: 'podman', image: 'engine:1', gpus: '0,1' };
    expect(targetText(launchTarget.parse(container))).toMatch(/podman container of engine:1, GPUs 0,1/);
  });
});
