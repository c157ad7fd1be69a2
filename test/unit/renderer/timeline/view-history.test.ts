// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { ViewHistory } from '#renderer/timeline/view-history.ts';

const at = (startNs: number) => ({ startNs, endNs: startNs + 10 });

test('a movement without a pause is one step back', () => {
  let nowMs = 0;
  const history = new ViewHistory(() => nowMs);
  for (const startNs of [0, 1, 2, 3]) {
    history.leaving(at(startNs));
    nowMs += 50;
  }
  nowMs += 5000;
  history.leaving(at(4));
  expect(history.back(at(9))).toEqual(at(4));
  expect(history.back(at(4))).toEqual(at(0));
  expect(history.back(at(0))).toBeUndefined();
  expect(history.forward(at(0))).toEqual(at(4));
  expect(history.forward(at(4))).toEqual(at(9));
  expect(history.forward(at(9))).toBeUndefined();
});

test('a new jump forgets what was ahead', () => {
  const history = new ViewHistory(() => 0);
  history.jumping(at(0));
  expect(history.back(at(1))).toEqual(at(0));
  history.jumping(at(0));
  expect(history.forward(at(5))).toBeUndefined();
});
