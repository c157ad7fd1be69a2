// SPDX-License-Identifier: Apache-2.0
import type { Failure } from './errors.ts';

/** A value or the reason why there is none. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Failure };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const failed = (error: Failure): Result<never> => ({ ok: false, error });
