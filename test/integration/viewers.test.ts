// SPDX-License-Identifier: Apache-2.0
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ViewerService, type ViewerParts } from '#main/services/viewers.ts';
import { temporaryFolder } from '../builders/folder.ts';

const folder = temporaryFolder();

/** A program of this name: writes down what it was started with, then ends as it is told. */
function program(path: string, exit = 0): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\nprintf '%s\\n' "$#" "$1" > "$SAID"\nexit ${exit.toString()}\n`);
  chmodSync(path, 0o755);
}

/** Services with an empty PATH but for `bin`, and one trace. */
function services(root: string, trace: string, more: Partial<ViewerParts> = {}): ViewerService {
  return new ViewerService({
    sourceOf: () => ({ path: join(root, trace) }),
    environment: { PATH: join(root, 'bin'), SAID: join(root, 'said') },
    programFile: (name) => name,
    nsightFolder: join(root, 'nsight'),
    ...more,
  });
}

describe('a report', () => {
  test('is opened in the Nsight Systems on the PATH, as one argument without a shell', async () => {
    const root = folder();
    program(join(root, 'bin/nsys-ui'));
    const name = 'my report; $(touch hacked) "x".nsys-rep';
    const viewers = services(root, name);
    expect(await viewers.openInNsight('any')).toEqual({
      program: join(root, 'bin/nsys-ui'),
      path: join(root, name),
    });
    expect(readFileSync(join(root, 'said'), 'utf8')).toBe(`1\n${join(root, name)}\n`);
  });

  test('is opened in the newest that an installer put below /opt', async () => {
    const root = folder();
    for (const version of ['2023.4.4', '2025.10.1', '2025.9.2']) {
      program(join(root, 'nsight', version, 'host-linux-x64/nsys-ui'));
    }
    const found = await services(root, 'r.nsys-rep').find('any');
    expect(found.nsight.program).toBe(join(root, 'nsight/2025.10.1/host-linux-x64/nsys-ui'));
  });

  test('that lies beside its export is what is opened', async () => {
    const root = folder();
    program(join(root, 'bin/nsys-ui'));
    writeFileSync(join(root, 'r.nsys-rep'), '');
    expect((await services(root, 'r.sqlite.gz').openInNsight('any')).path).toBe(join(root, 'r.nsys-rep'));
  });

  test('finds no viewer, no report, or one that cannot run: each says so and what to do', async () => {
    const root = folder();
    const failureOf = async (viewers: ViewerService): Promise<unknown> =>
      viewers.openInNsight('any').catch((thrown: unknown) => (thrown as { failure: unknown }).failure);
    expect(await failureOf(services(root, 'r.nsys-rep'))).toMatchObject({ code: 'nsys.not-found' });
    program(join(root, 'bin/nsys-ui'), 3);
    expect(await failureOf(services(root, 'r.sqlite'))).toMatchObject({ code: 'trace.not-found' });
    expect(await failureOf(services(root, 'r.json.gz'))).toMatchObject({ code: 'trace.not-found' });
    expect(await failureOf(services(root, 'r.nsys-rep'))).toMatchObject({
      code: 'launch.system',
      message: expect.stringContaining('ended at once (3)') as string,
    });
    writeFileSync(join(root, 'bin/nsys-ui'), 'no program');
    expect(await failureOf(services(root, 'r.nsys-rep'))).toMatchObject({ code: 'launch.system' });
  });
});

test('Perfetto’s trace processor is named where it is installed', async () => {
  const root = folder();
  const viewers = services(root, 't.json');
  expect((await viewers.find('any')).traceProcessor).toBeNull();
  program(join(root, 'bin/trace_processor'));
  expect(await viewers.find('any')).toEqual({
    nsight: { program: null, report: null },
    traceProcessor: join(root, 'bin/trace_processor'),
  });
});
