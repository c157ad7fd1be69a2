// SPDX-License-Identifier: Apache-2.0

/** An environment variable that a run sets. */
export interface Variable {
  readonly name: string;
  readonly value: string;
}
