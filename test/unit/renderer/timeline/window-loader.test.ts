// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { WindowView } from '#shared/trace/window.ts';
import { WindowLoader } from '#renderer/timeline/window-loader.ts';
import { planWindow } from '#renderer/timeline/window-plan.ts';
import type { WindowRequest } from '#renderer/timeline/types.ts';
import { drawWindow, makeSource, makeTimelineTrace } from '../../../builders/timeline.ts';

/** An engine that answers when it is told to. */
function heldEngine() {
  const asked: WindowRequest[] = [];
  const answers: { resolve: (view: WindowView) => void; reject: (reason: Error) => void }[] = [];
  const view = drawWindow({ 0: ['AA'], 1: ['B'] });
  const source = {
    ...makeSource(view),
    window: (request: WindowRequest) => {
      asked.push(request);
      return new Promise<WindowView>((resolve, reject) => answers.push({ resolve, reject }));
    },
  };
  return {
    asked,
    source,
    answer: async () => {
      answers.shift()?.resolve(view);
      await Promise.resolve();
      await new Promise((resolve) => setImmediate(resolve));
    },
    fail: async () => {
      answers.shift()?.reject(new Error('gone'));
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

const viewAt = (startNs: number) => ({ startNs, endNs: startNs + 1000 });

function want(loader: WindowLoader, startNs: number, tracks: readonly number[] = [0]): void {
  loader.want(viewAt(startNs), planWindow(viewAt(startNs), 500), tracks);
}

describe('windows of a trace', () => {
  test('one question at a time: of those that come up meanwhile only the latest is asked', async () => {
    const engine = heldEngine();
    const loader = new WindowLoader(makeTimelineTrace({ source: engine.source }), () => undefined);
    for (const startNs of [0, 10_000, 20_000, 30_000]) want(loader, startNs);
    expect(engine.asked).toHaveLength(1);
    await engine.answer();
    expect(engine.asked).toHaveLength(2);
    expect(engine.asked[1]?.startNs).toBe(planWindow(viewAt(30_000), 500).startNs);
    expect(loader.busy).toBe(true);
    await engine.answer();
    expect(loader.busy).toBe(false);
    expect(loader.current?.startNs).toBe(planWindow(viewAt(30_000), 500).startNs);
  });

  test('a view that the window serves asks nothing; another track does', async () => {
    const engine = heldEngine();
    const loader = new WindowLoader(makeTimelineTrace({ source: engine.source }), () => undefined);
    want(loader, 0);
    await engine.answer();
    want(loader, 20);
    expect(engine.asked).toHaveLength(1);
    want(loader, 20, [0, 2]);
    expect(engine.asked).toHaveLength(2);
  });

  test('questions are in trace time, windows in world time', async () => {
    const engine = heldEngine();
    const trace = makeTimelineTrace({ source: engine.source, offsetNs: 4096 });
    const loader = new WindowLoader(trace, () => undefined);
    want(loader, 8192);
    await engine.answer();
    expect(engine.asked[0]?.startNs).toBe((loader.current?.startNs ?? 0) - 4096);
  });

  test('an engine that fails leaves the old pixels, and the next view is asked for', async () => {
    const engine = heldEngine();
    const loader = new WindowLoader(makeTimelineTrace({ source: engine.source }), () => undefined);
    want(loader, 0);
    await engine.answer();
    const before = loader.current;
    want(loader, 50_000);
    await engine.fail();
    expect(loader.current).toBe(before);
    want(loader, 60_000);
    expect(engine.asked).toHaveLength(3);
  });

  test('it is kept for the same trace at the same place only', () => {
    const trace = makeTimelineTrace();
    const loader = new WindowLoader(trace, () => undefined);
    expect(loader.servesTrace({ ...trace, label: 'Rank 5' })).toBe(true);
    expect(loader.servesTrace({ ...trace, offsetNs: 1 })).toBe(false);
    expect(loader.servesTrace({ ...trace, tracks: [...trace.tracks] })).toBe(false);
  });
});
