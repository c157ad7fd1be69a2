// SPDX-License-Identifier: Apache-2.0
import type { IterationLine, RunManifest } from '#shared/contract/run.ts';
import type { TelemetrySeries } from '#shared/contract/telemetry.ts';
import type { Profile } from './profile.ts';

/** A finished pass with what its run left. */
export interface PassResult {
  readonly block: number;
  readonly arm: 'a' | 'b';
  readonly purpose: 'timing' | 'profile';
  readonly run: RunManifest;
  readonly lines: readonly IterationLine[];
  /** Without a head and samples where none was taken. */
  readonly telemetry: TelemetrySeries;
  /** What a profile pass recorded; null of timing passes. */
  readonly profile: Profile | null;
}

export const isTiming = ({ purpose }: PassResult): boolean => purpose === 'timing';
