// SPDX-License-Identifier: Apache-2.0
// Figures of iterations beside those of a script that shares no code: equal to the nanosecond.
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Iteration } from '#shared/contract/engine.ts';
import { inspectRanks } from '#main/services/inspect.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { makeServices } from '../builders/services.ts';
import type { TestServices } from '../builders/services.ts';

const folder = temporaryFolder();
const opened: TestServices[] = [];
afterAll(() => {
  for (const { engine } of opened) engine.close();
});

function services(): TestServices {
  const made = makeServices(folder());
  opened.push(made);
  return made;
}

/** An iteration in the words of the script. */
function described(iteration: Iteration): unknown {
  const { index, startNs, endNs, gpuBusyNs, kernelCount, kernelTimeNs, launchDelay } = iteration;
  const [window] = iteration.gpuWindows;
  const { hostNs, kernelGapNs, dependencyNs, unknownNs } = window?.idle ?? {};
  return {
    ...{ index, startNs, endNs, gpuBusyNs, kernelCount, kernelTimeNs },
    ...{ gpuStartNs: window?.startNs, gpuEndNs: window?.endNs, shiftNs: window?.shiftNs },
    idle: { host: hostNs, kernelGap: kernelGapNs, dependency: dependencyNs, unknown: unknownNs },
    delayCount: launchDelay?.count,
    delayTotalNs: launchDelay?.totalNs,
    delayMedianNs: launchDelay?.medianNs,
    delayP95Ns: launchDelay?.p95Ns,
  };
}

test.each([
  'kineto-h100-eager.json.gz',
  'kineto-h100-overlap.json.gz',
  'h100-workload-eager.json.gz',
  'h100-workload-graphs.json.gz',
])('iterations of %s equal the independent script', async (name) => {
  const path = resolve('test/fixtures/traces', name);
  const { sources, engine } = services();
  const [source] = (await sources.fromPaths([path])).sources;
  if (source === undefined) throw new Error('no source');
  const [inspection] = await inspectRanks(engine, source);
  const script = resolve('test/reference/kineto_iterations.py');
  const expected: unknown = JSON.parse(execFileSync('python3', [script, path], { encoding: 'utf8' }));
  expect(inspection?.iterations.map(described)).toEqual(expected);
  for (const { gpuWindows } of inspection?.iterations ?? []) {
    for (const { idle, composition } of gpuWindows) {
      expect(Object.values(idle).reduce((sum: number, ns: number) => sum + ns, 0)).toBe(composition.idleNs);
    }
  }
});
