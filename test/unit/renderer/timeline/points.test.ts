// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { Camera } from '#renderer/timeline/camera.ts';
import { CounterLoader, readCounter, type LoadedCounters } from '#renderer/timeline/counter-loader.ts';
import { counterSpan, counterValue } from '#renderer/timeline/counter-text.ts';
import { Instants } from '#renderer/timeline/instants.ts';
import { TOP_HEIGHT } from '#renderer/timeline/frame.ts';
import { HEADER_HEIGHT, layoutRows } from '#renderer/timeline/rows.ts';
import { planWindow } from '#renderer/timeline/window-plan.ts';
import type { CounterRequest, InstantRef } from '#renderer/timeline/types.ts';
import {
  drawCounters,
  drawWindow,
  loadWindow,
  makeCounter,
  makeInstant,
  makeSource,
  makeTimelineTrace,
  makeTrack,
} from '../../../builders/timeline.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));

function loaded(): LoadedCounters {
  const view = drawCounters(10, {
    3: [
      [2, 5],
      [6, 8],
    ],
  });
  const counters = new Map(view.counters.map((each) => [each.counterId, each]));
  return { startNs: 1000, endNs: 2000, nsPerUnit: 100, units: 10, view, counters };
}

describe('a counter at a moment', () => {
  test.each([
    [1100, undefined],
    [1200, 5],
    [1599, 5],
    [1600, 8],
    [1999, 8],
    [2001, undefined],
  ])('at %d ns is %s: a value holds until the next', (atNs, value) => {
    expect(readCounter(loaded(), 3, atNs)?.value).toBe(value);
  });

  test('within a pixel with several samples tells how far it went', () => {
    const { view, ...rest } = loaded();
    const folded = {
      ...view,
      min: Float64Array.of(1, 8),
      max: Float64Array.of(9, 8),
      samples: Uint32Array.of(4, 1),
    };
    const here = { ...rest, view: folded };
    expect(readCounter(here, 3, 1250)).toEqual({ value: 5, min: 1, max: 9, samples: 4 });
    expect(readCounter(here, 3, 1350)).toEqual({ value: 5, min: 5, max: 5, samples: 1 });
  });

  test('has its unit, and bytes are told as sizes', () => {
    expect(counterValue({ unit: 'W' }, 312.25)).toBe('312.3 W');
    expect(counterValue({ unit: 'bytes' }, 3 * 1024 ** 3)).toBe('3.00 GiB');
    expect(counterValue({ unit: '' }, -2)).toBe('−2');
    expect(counterSpan(makeCounter(0, { unit: '%', min: 0, max: 100 }))).toBe('0 % to 100 %');
  });

  test('is asked for in the trace’s own time, once for a view', async () => {
    const asked: CounterRequest[] = [];
    const source = {
      ...makeSource(drawWindow({})),
      counterWindow: (request: CounterRequest) => {
        asked.push(request);
        return Promise.resolve(drawCounters(1, { 3: [] }));
      },
    };
    const loader = new CounterLoader(makeTimelineTrace({ source, offsetNs: 500 }), () => undefined);
    const view = { startNs: 0, endNs: 1024 };
    const plan = planWindow(view, 100);
    loader.want(view, plan, [3]);
    await settle();
    loader.want(view, plan, [3]);
    await settle();
    expect(asked).toHaveLength(1);
    expect(asked[0]?.startNs).toBe(plan.startNs - 500);
  });
});

describe('moments', () => {
  function stage() {
    const source = {
      ...makeSource(drawWindow({})),
      instant: (index: number) => Promise.resolve(makeInstant(index, { timeNs: [120, 640][index] ?? 0 })),
    };
    const traces = [makeTimelineTrace({ source, tracks: [makeTrack(0, { instantCount: 2 })] })];
    const camera = new Camera(
      () => ({ width: 1000, height: 400 }),
      () => undefined,
    );
    camera.setContent(traces, layoutRows(traces), true);
    const window = loadWindow({ 0: ['.A....A...'] }, { nsPerUnit: 100 });
    const chosen: (InstantRef | null)[] = [];
    const said: string[] = [];
    const instants = new Instants({
      camera,
      loaders: { instantsOf: () => window },
      traces: () => traces,
      onSelect: (ref) => chosen.push(ref),
      onChange: () => undefined,
      announce: (text) => said.push(text),
    });
    const xOf = (ns: number): number => camera.gutter + (ns - camera.view.startNs) / camera.nsPerPx;
    return { instants, chosen, said, xOf };
  }

  test('are found at the upper edge of their row, and slices below it are not hidden by them', () => {
    const { instants, xOf } = stage();
    expect(instants.at(xOf(100) + 2, TOP_HEIGHT + HEADER_HEIGHT + 3)?.index).toBe(0);
    expect(instants.at(xOf(300), TOP_HEIGHT + HEADER_HEIGHT + 3)).toBeUndefined();
    expect(instants.at(xOf(100), TOP_HEIGHT + HEADER_HEIGHT + 14)).toBeUndefined();
  });

  test('keys lead from one to the next and say where they end', async () => {
    const { instants, chosen, said } = stage();
    instants.step(1);
    expect(chosen).toEqual([{ traceKey: 'trace', index: 1 }]);
    await settle();
    expect(said.at(-1)).toBe('moment, moment at 640 ns, Rank 0');
    instants.step(1);
    expect(said.at(-1)).toBe('No moment that way on the rows in sight');
    instants.step(-1);
    expect(chosen.at(-1)).toEqual({ traceKey: 'trace', index: 0 });
    instants.clear();
    expect(chosen.at(-1)).toBeNull();
  });
});
