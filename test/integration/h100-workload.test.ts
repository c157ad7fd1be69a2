// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Iteration } from '#shared/contract/engine.ts';
import { parseIterationLine } from '#main/launch/iteration-log.ts';
import { loggedSteps } from '#renderer/features/trace/model/logged-steps.ts';
import { inspectRanks } from '#main/services/inspect.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { makeServices } from '../builders/services.ts';

/** Traces that the PyTorch workload left on an H100, beside the log of the same runs. */

const folder = temporaryFolder();
const app = makeServices(folder());
afterAll(() => {
  app.engine.close();
});

/** What the program's own lines say of each iteration. */
function loggedOf(path: string): ReturnType<typeof loggedSteps> {
  const lines = readFileSync(path, 'utf8').split('\n');
  return loggedSteps(
    lines.flatMap((line) => parseIterationLine(line) ?? []),
    0,
  );
}

async function iterationsOf(path: string): Promise<readonly Iteration[]> {
  const [source] = (await app.sources.fromPaths([path])).sources;
  if (source === undefined) throw new Error('no source');
  const [inspection] = await inspectRanks(app.engine, source);
  return inspection?.iterations ?? [];
}

/** The recording and the log of one loop with an overlap scheduler, with prompts among its steps. */
test('the log of an overlap scheduler’s loop stands at the steps whose batches it names', async () => {
  const iterations = await iterationsOf(resolve('test/fixtures/traces/kineto-h100-overlap.json.gz'));
  const logged = loggedOf(resolve('test/fixtures/traces/kineto-h100-overlap.log'));
  expect(iterations).toHaveLength(16);
  for (const { index, contextRequests, generationRequests } of iterations) {
    expect(logged.get(index), `iteration ${index.toString()}`).toMatchObject({
      contextRequests,
      generationTokens: generationRequests,
    });
  }
  expect(iterations.filter(({ contextRequests }) => contextRequests !== 0).map(({ index }) => index)).toEqual(
    [20, 26],
  );
});

test.each([
  ['eager', 20, 25],
  ['graphs', 20, 31],
])(
  '%s: the window asked for is there, and its iterations last as long as the log says',
  async (name, first, last) => {
    const path = resolve(`test/fixtures/traces/h100-workload-${name}.json.gz`);
    const iterations = await iterationsOf(path);
    expect(iterations.map(({ index }) => index)).toEqual(
      Array.from({ length: last - first + 1 }, (_, at) => first + at),
    );
    expect(iterations.filter(({ captured, inferred }) => captured !== 'complete' || inferred)).toEqual([]);
    const logged = loggedOf(resolve(`test/fixtures/traces/h100-workload-${name}.log`));
    // The last window ends with its marker, so it is shorter than the body that the log tells of.
    for (const { index, startNs, endNs } of iterations.slice(0, -1)) {
      const host = (logged.get(index)?.hostStepNs ?? Number.NaN) / 1e6;
      expect(Math.abs((endNs - startNs) / 1e6 / host - 1), `iteration ${index.toString()}`).toBeLessThan(0.1);
    }
  },
);
