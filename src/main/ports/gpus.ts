// SPDX-License-Identifier: Apache-2.0
import type { GpuSample, TelemetryHead } from '#shared/contract/telemetry.ts';

export interface GpuReport {
  /** Why there are none; null where there are. */
  readonly absent: string | null;
  readonly driver: string | null;
  readonly gpus: readonly (TelemetryHead['gpus'][number] & { readonly sample: GpuSample })[];
}

/** The GPUs of the machine where runs happen. */
export interface Gpus {
  /** Reads all of them; never rejects. */
  sample(): Promise<GpuReport>;
}
