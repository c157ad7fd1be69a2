// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { iterationRows } from '#renderer/features/trace/model/iteration-rows.ts';
import { findOutliers } from '#renderer/features/trace/model/outliers.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { PLANTED_STEP, plantedTrace, type Planted } from '../builders/planted.ts';
import { makeServices } from '../builders/services.ts';
import { makeReady } from '../builders/trace.ts';

/** Causes planted in traces are found by everything that is in between: reading, attribution, composition, medians. */

const folder = temporaryFolder();
const app = makeServices(folder());
afterAll(() => {
  app.engine.close();
});

test.each<readonly [cause: string | null, Planted]>([
  ['compute', { compute: 900 }],
  ['communication', { communication: 900 }],
  ['memory', { memory: 900 }],
  ['idle: host', { hostIdle: 900 }],
  ['idle: dependency', { dependency: 900 }],
  ['idle: kernel gaps', { gaps: 900 }],
  ['garbage collection', { hostIdle: 900, range: 'Python GC gen2' }],
  ['waiting for the GIL', { hostIdle: 900, range: 'Waiting for GIL' }],
  [null, { compute: 300, communication: 300, memory: 300 }],
])('a planted cause is found, and no other: %s', async (cause, planted) => {
  const path = join(folder(), 'planted.json');
  writeFileSync(path, plantedTrace(planted));
  const [source] = (await app.sources.fromPaths([path])).sources;
  const sourceId = source?.sourceId ?? '';
  await app.engine.call('trace.open', { sourceId });
  const iterations = await app.engine.call('trace.iterations', { sourceId });
  expect(iterations).toHaveLength(16);
  const found = findOutliers(iterationRows([makeReady(sourceId, iterations)]));
  expect([...found].map(([key, outlier]) => [key, outlier.cause])).toEqual([
    [`${sourceId} ${PLANTED_STEP.toString()}`, cause],
  ]);
});
