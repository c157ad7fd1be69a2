// SPDX-License-Identifier: Apache-2.0
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { IterscopeError, isErrorCode } from '#shared/base/errors.ts';
import type { Failure } from '#shared/base/errors.ts';
import type * as Native from '../../native/binding/index.d.ts';

export type { Native };
export type NativeModule = typeof Native;

/** Loads the native module; a missing or foreign build says how to make the right one. */
export function loadNative(nativeFolder: string): NativeModule {
  const path = join(nativeFolder, 'iterscope.node');
  try {
    return createRequire(import.meta.url)(path) as NativeModule;
  } catch (thrown) {
    const message = `The native module ${path} cannot be loaded: ${String(thrown)}. Run "npm run build" on this machine.`;
    throw new IterscopeError({ code: 'engine.unavailable', message, path }, { cause: thrown });
  }
}

/** What this build is: another one may answer differently. */
export function buildOf(nativeFolder: string): string {
  const { size, mtimeMs } = statSync(join(nativeFolder, 'iterscope.node'));
  return `${size} ${mtimeMs}`;
}

/** Native errors carry their failure as JSON in the message. */
export function nativeFailure(thrown: unknown): Failure {
  if (thrown instanceof IterscopeError) return thrown.failure;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && 'code' in parsed && 'message' in parsed) {
      const { code, message } = parsed;
      const path = 'path' in parsed && typeof parsed.path === 'string' ? { path: parsed.path } : {};
      return { code: isErrorCode(code) ? code : 'internal', message: String(message), ...path };
    }
  } catch {
    // Not one of ours: the text itself is the message.
  }
  return { code: 'internal', message: text };
}
