// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { Camera } from '#renderer/timeline/camera.ts';
import { layoutRows } from '#renderer/timeline/rows.ts';
import { Selector } from '#renderer/timeline/selector.ts';
import type { SliceRef, TimelineTrace } from '#renderer/timeline/types.ts';
import {
  drawWindow,
  loadWindow,
  makeDetails,
  makeSource,
  makeTimelineTrace,
} from '../../../builders/timeline.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));

function stage(arrived = true) {
  let hasArrived = arrived;
  const window = loadWindow({ 0: ['AAAA.BBBB.'] }, { nsPerUnit: 100 });
  const details = [
    makeDetails(0, { name: 'launch', startNs: 3, durNs: 390, partnerRows: [1] }),
    makeDetails(1, { name: 'kernel', startNs: 500, durNs: 400 }),
  ];
  const source = {
    ...makeSource(drawWindow({})),
    neighbours: (row: number) =>
      Promise.resolve({
        previous: null,
        next: row === 0 ? { row: 1, trackId: 0, lane: 0, startNs: 500, durNs: 400 } : null,
      }),
    slice: (row: number) => {
      const found = details[row];
      return found === undefined ? Promise.reject(new Error('none')) : Promise.resolve(found);
    },
  };
  let traces: readonly TimelineTrace[] = [makeTimelineTrace({ key: 'one', source })];
  const camera = new Camera(
    () => ({ width: 1000, height: 400 }),
    () => undefined,
  );
  camera.setContent(traces, layoutRows(traces), true);
  const chosen: (SliceRef | null)[] = [];
  const said: string[] = [];
  const selector = new Selector({
    camera,
    traces: () => traces,
    windowsOf: () => ({ current: hasArrived ? window : undefined, overview: undefined }),
    onSelect: (ref) => chosen.push(ref),
    onChange: () => undefined,
    announce: (text) => said.push(text),
    uncover: () => undefined,
  });
  const replace = (next: readonly TimelineTrace[]): void => {
    const before = traces;
    traces = next;
    selector.tracesChanged(before);
  };
  const arrive = (): void => {
    hasArrived = true;
    selector.windowsCame();
  };
  return { selector, chosen, said, camera, source, replace, arrive };
}

describe('the selected slice', () => {
  test('an arrow key without a selection takes the first in sight, and says it with its exact length', async () => {
    const { selector, chosen, said } = stage();
    selector.step('next');
    await settle();
    expect(chosen).toHaveLength(1);
    expect(said.at(-1)).toMatch(/^(launch|kernel), GEMM, (390|400) ns, Rank 0, thread 0$/);
  });

  test('an arrow key that came before the slices did is not lost: the first is taken when they are there', async () => {
    const { selector, chosen, arrive } = stage(false);
    selector.step('next');
    expect(chosen).toEqual([]);
    arrive();
    await settle();
    expect(chosen).toHaveLength(1);
    arrive();
    expect(chosen).toHaveLength(1);
  });

  test('its details replace the window’s coarse times and bring its partners', async () => {
    const { selector, said } = stage();
    selector.goTo({ traceKey: 'one', row: 0 });
    await settle();
    expect(selector.selected).toMatchObject({ startNs: 3, endNs: 393 });
    expect(selector.links.map(({ slice, category, isOut }) => [slice.row, category, isOut])).toEqual([
      [1, 'launch', true],
    ]);
    expect(said).toEqual(['launch, GEMM, 390 ns, Rank 0, thread 0']);
  });

  test('follows its trace to another place and is dropped with it', async () => {
    const { selector, chosen, source, replace } = stage();
    selector.goTo({ traceKey: 'one', row: 1 });
    await settle();
    replace([makeTimelineTrace({ key: 'zero' }), makeTimelineTrace({ key: 'one', source })]);
    await settle();
    expect(selector.selected?.traceIndex).toBe(1);
    replace([makeTimelineTrace({ key: 'zero' })]);
    expect(selector.selected).toBeUndefined();
    expect(chosen.at(-1)).toBeNull();
  });

  test('at the end of its track it stays and says so', async () => {
    const { selector, said, camera } = stage();
    selector.goTo({ traceKey: 'one', row: 1 });
    await settle();
    selector.step('next');
    for (let at = 0; at < 20; at += 1) selector.windowsCame();
    expect(selector.selected?.row).toBe(1);
    expect(said.at(-1)).toBe('No next slice on this track');
    expect(camera.view.endNs).toBeLessThanOrEqual(1_051);
  });

  test('keys along a name lead from slice to slice, however fast they come, and say where they end', async () => {
    const { selector, said, chosen } = stage();
    selector.stepName('next');
    await settle();
    expect(said.at(-1)).toMatch(/^Select a slice/);
    selector.goTo({ traceKey: 'one', row: 0 });
    await settle();
    selector.stepName('next');
    selector.stepName('next');
    await settle();
    expect(selector.selected?.row).toBe(1);
    expect(chosen).toEqual([{ traceKey: 'one', row: 1 }]);
    expect(said.at(-1)).toBe('No next slice of this name');
  });

  test('a slice that cannot be read leaves the selection as it was', async () => {
    const { selector } = stage();
    selector.goTo({ traceKey: 'one', row: 0 });
    await settle();
    selector.goTo({ traceKey: 'one', row: 77 });
    selector.goTo({ traceKey: 'elsewhere', row: 1 });
    await settle();
    expect(selector.selected?.row).toBe(0);
  });
});
