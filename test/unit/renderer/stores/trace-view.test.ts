// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { createTraceViewStore } from '#renderer/stores/trace-view.ts';

describe('the selection of a trace view', () => {
  test('asks the timeline to move only when the wish came from elsewhere', () => {
    const store = createTraceViewStore();
    store.getState().sliceChosen({ sourceId: 'a', row: 1 });
    store.getState().iterationShown(20);
    expect(store.getState()).toMatchObject({ iteration: 20, iterationNonce: 0, revealNonce: 0 });
    store.getState().goToSlice({ sourceId: 'a', row: 1 });
    store.getState().goToIteration(20);
    expect(store.getState()).toMatchObject({ iteration: 20, iterationNonce: 1, revealNonce: 1 });
  });

  test('of one view is not that of another', () => {
    const one = createTraceViewStore();
    one.getState().showTab('kernels');
    expect(createTraceViewStore().getState().tab).toBeNull();
  });
});
