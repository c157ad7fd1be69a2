// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorCodes, isErrorCode, IterscopeError, toFailure } from '#shared/base/errors.ts';

const NATIVE = 'src/native';
/** Files whose string literals of the form `area.reason` are codes of errors, not of warnings. */
const CODE = /"((?:trace|store|ingest|query|export|launch|experts)\.[a-z-]+)"/g;

function errorSources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'target' ? [] : errorSources(path);
    return entry.name === 'error.rs' ? [path] : [];
  });
}

describe('error codes', () => {
  test('every code of the native side is one of the closed set', () => {
    const sources = errorSources(NATIVE);
    const native = sources.flatMap((path) => {
      const errors = readFileSync(path, 'utf8').split('pub enum WarningCode')[0] ?? '';
      return [...errors.matchAll(CODE)].map(([, code]) => code);
    });
    expect(native.length).toBeGreaterThan(20);
    expect(native.filter((code) => !isErrorCode(code))).toEqual([]);
  });

  test('no code is listed twice', () => {
    expect(new Set(errorCodes).size).toBe(errorCodes.length);
  });

  test('a failure survives being thrown, and foreign errors keep their message', () => {
    const failure = { code: 'run.state', message: 'The run is over.' } as const;
    expect(toFailure(new IterscopeError(failure))).toBe(failure);
    expect(toFailure(new Error('disk on fire'))).toEqual({ code: 'internal', message: 'disk on fire' });
  });
});
