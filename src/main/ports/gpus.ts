// SPDX-License-Identifier: Apache-2.0
import type { GpuSample, TelemetryHead } from '#shared/contract/telemetry.ts';

/** What whoever owns a GPU decided about it; what the driver does not tell is null. */
export interface GpuSettings {
  readonly powerLimitWatts: number | null;
  readonly defaultPowerLimitWatts: number | null;
  /** Divided into instances (MIG). */
  readonly divided: boolean | null;
}

export interface Gpu {
  readonly sample: GpuSample;
  readonly settings: GpuSettings;
}

export interface GpuReport {
  /** Why there are none; null where there are. */
  readonly absent: string | null;
  readonly driver: string | null;
  /** The newest CUDA that the driver serves, such as 13.0. */
  readonly cuda: string | null;
  readonly gpus: readonly (TelemetryHead['gpus'][number] & Gpu)[];
}

/** The GPUs of the machine where runs happen. */
export interface Gpus {
  /** Reads all of them; never rejects. */
  sample(): Promise<GpuReport>;
}
