// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseIterationLine } from '#main/launch/iteration-log.ts';
import { inspectRanks } from '#main/services/inspect.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { makeServices } from '../builders/services.ts';

/** Traces that the PyTorch workload left on an H100, beside the log of the same runs. */

const folder = temporaryFolder();
const app = makeServices(folder());
afterAll(() => {
  app.engine.close();
});

/** Host milliseconds of each iteration by the program's own lines. */
function loggedMs(path: string): ReadonlyMap<number, number> {
  const lines = readFileSync(path, 'utf8').split('\n').map(parseIterationLine);
  return new Map(lines.flatMap((line) => (line === null ? [] : [[line.iteration, line.hostStepMs]])));
}

test.each([
  ['eager', 20, 25],
  ['graphs', 20, 31],
])(
  '%s: the window asked for is there, and its iterations last as long as the log says',
  async (name, first, last) => {
    const path = resolve(`test/fixtures/traces/h100-workload-${name}.json.gz`);
    const [source] = (await app.sources.fromPaths([path])).sources;
    if (source === undefined) throw new Error('no source');
    const [inspection] = await inspectRanks(app.engine, source);
    const iterations = inspection?.iterations ?? [];
    expect(iterations.map(({ index }) => index)).toEqual(
      Array.from({ length: last - first + 1 }, (_, at) => first + at),
    );
    expect(iterations.filter(({ captured, inferred }) => captured !== 'complete' || inferred)).toEqual([]);
    const logged = loggedMs(resolve(`test/fixtures/traces/h100-workload-${name}.log`));
    // The last window ends with its marker, so it is shorter than the body that the log tells of.
    for (const { index, startNs, endNs } of iterations.slice(0, -1)) {
      const host = logged.get(index) ?? Number.NaN;
      expect(Math.abs((endNs - startNs) / 1e6 / host - 1), `iteration ${index.toString()}`).toBeLessThan(0.1);
    }
  },
);
