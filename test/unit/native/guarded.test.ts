// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

/**
 * A panic that reaches the border to C ends the process: the trace engine with all that is open in it, or the application.
 * What runs on the caller's thread must be guarded; tasks of other threads guard themselves where they compute.
 */

const SOURCES = 'src/native/binding/src';

interface NativeFunction {
  readonly name: string;
  readonly isTask: boolean;
  readonly body: string;
}

/** Constructors, switches and constants: nothing in them can go wrong. */
const HARMLESS: ReadonlySet<string> = new Set([
  'new',
  'cancel',
  'supervisor_pid',
  'native_version',
  'store_version',
  'trace_kinds',
]);

function functionsOf(path: string): NativeFunction[] {
  const exported = /^( *)#\[napi[^\]]*\]\n(?: *#\[[^\n]*\n)* *pub fn (\w+)([\s\S]*?)\{\n([\s\S]*?)\n\1\}/gm;
  return [...readFileSync(path, 'utf8').matchAll(exported)].map(
    ([, , name = '', signature = '', body = '']) => ({
      name,
      isTask: signature.includes('AsyncTask<'),
      body,
    }),
  );
}

describe('functions that native code offers', () => {
  const all = (readdirSync(SOURCES, { recursive: true }) as string[])
    .filter((name) => name.endsWith('.rs'))
    .flatMap((name) => functionsOf(join(SOURCES, name)));

  test('are found', () => {
    const names = all.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['start_run', 'heatmap', 'open_trace', 'summary', 'names']));
    expect(all.length).toBeGreaterThan(40);
  });

  test('let no panic out of the caller’s thread', () => {
    const bare = all.filter(
      ({ name, isTask, body }) => !isTask && !HARMLESS.has(name) && !body.includes('guarded('),
    );
    expect(bare.map(({ name }) => name)).toEqual([]);
  });
});
