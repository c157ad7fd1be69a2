// SPDX-License-Identifier: Apache-2.0
// The Nsight pass with NVIDIA's own program: recorded, cancelled, exported, opened. `npm run test:nsys` provides it.
import { join, resolve } from 'node:path';
import { existsSync, rmSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import type { LaunchForm } from '#shared/contract/launch.ts';
import type { RunManifest } from '#shared/contract/run.ts';
import { defaultForm } from '#main/launch/default-form.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { makeServices, runToEnd, until, type TestServices } from '../builders/services.ts';

const folder = temporaryFolder();
const open: TestServices[] = [];

function services(home = folder()): TestServices {
  const made = makeServices(home);
  open.push(made);
  return made;
}

afterEach(async () => {
  for (const made of open.splice(0)) {
    await made.runs.close();
    made.engine.close();
  }
});

/** The embedded engine as any command, under `nsys profile`. */
async function nsightForm(app: TestServices, iterations: number): Promise<LaunchForm> {
  const form = defaultForm(await app.recipes.get('command'));
  const program = resolve('dist/native/moe-engine');
  const words = `--layers 2 --requests ${iterations.toString()} --iterations ${iterations.toString()}`;
  const parameters = { ...form.parameters, program, arguments: words };
  return { ...form, parameters, nsight: true, nsightOptions: { ...form.nsightOptions, osrt: true } };
}

/** What the run's report holds, through exporter, ingest and engine. */
async function slicesOf(app: TestServices, run: RunManifest): Promise<number> {
  const { sources } = await app.sources.ofRun(run, app.library.artifactsOf(run.id));
  const report = sources.find(({ kind }) => kind === 'trace');
  const { summary } = await app.engine.call('trace.open', { sourceId: report?.sourceId ?? '' });
  return summary.sliceCount;
}

describe('the Nsight pass', () => {
  test('records the program; the report is collected and opened', async () => {
    const app = services();
    const run = await runToEnd(app, await nsightForm(app, 200));
    expect(run.failure).toBeUndefined();
    expect(run).toMatchObject({ state: 'ready', profiled: true });
    expect(run.command.args[0]).toBe('profile');
    const [report] = run.artifacts.filter(({ kind }) => kind === 'nsys-report');
    expect(report).toMatchObject({ path: 'report.nsys-rep' });
    expect(report?.problem).toBeUndefined();
    expect(await slicesOf(app, run)).toBeGreaterThan(0);
  });

  test('finalises when it is cancelled: what was recorded until then opens', async () => {
    const app = services();
    const { id } = await app.runs.start(await nsightForm(app, 1_000_000));
    await until(() => app.progress.some(({ lines }) => lines.length > 0), 'iteration lines');
    await app.runs.cancel(id);
    const run = await app.runs.finished(id);
    expect(run).toMatchObject({ state: 'cancelled', exit: { endedBy: 'cancel' } });
    expect(run.artifacts.map(({ kind }) => kind)).toContain('nsys-report');
    expect(await slicesOf(app, run)).toBeGreaterThan(0);
  });

  test('a report is exported once for all who open it, and again when the export was deleted', async () => {
    const home = folder();
    const app = services(home);
    const run = await runToEnd(app, await nsightForm(app, 100));
    const slices = await slicesOf(app, run);
    const stores = join(home, 'cache', 'stores');
    expect(existsSync(stores)).toBe(true);
    rmSync(stores, { recursive: true });
    const next = services(home);
    expect(await slicesOf(next, await next.runs.get(run.id))).toBe(slices);
  });
});
