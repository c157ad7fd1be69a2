// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';

/** What the host, the run's processes and the GPUs did while a run lived. A figure that nobody offers is null. */

export const throttleReasons = [
  'power-cap',
  'thermal',
  'power-brake',
  'hardware',
  'sync-boost',
  'set-clocks',
] as const;
export const throttle = z.enum(throttleReasons);
export type Throttle = z.infer<typeof throttle>;

export const gpuProcess = z.object({ pid: z.int(), memoryBytes: z.number().nullable() });

export const gpuSample = z.object({
  /** Share of the driver's last period in which a kernel ran, 0 to 1. */
  busyRatio: z.number().nullable(),
  /** Share of that period in which device memory was read or written, 0 to 1. */
  memoryBusyRatio: z.number().nullable(),
  memoryUsedBytes: z.number().nullable(),
  smClockMhz: z.number().nullable(),
  memoryClockMhz: z.number().nullable(),
  powerWatts: z.number().nullable(),
  temperatureCelsius: z.number().nullable(),
  /** Why the clocks were lowered; empty when they were not. */
  throttles: z.array(throttle).nullable(),
  processes: z.array(gpuProcess).nullable(),
});
export type GpuSample = z.infer<typeof gpuSample>;

export const telemetrySample = z.object({
  /** Since the program was started, monotonic. */
  atMs: z.number(),
  host: z.object({
    /** Busy share of all processors since the sample before, 0 to 1. */
    cpuRatio: z.number().nullable(),
    memoryUsedBytes: z.number(),
    /** Free space where the run is written. */
    diskFreeBytes: z.number().nullable(),
  }),
  /** All processes of the run together; null until the supervisor told of them. */
  run: z
    .object({
      /** Processors that were busy on average since the sample before. */
      cores: z.number().nullable(),
      rssBytes: z.number(),
    })
    .nullable(),
  /** In the order of the head's GPUs. */
  gpus: z.array(gpuSample),
});
export type TelemetrySample = z.infer<typeof telemetrySample>;

export const telemetryHead = z.object({
  version: z.literal(1),
  /** Samples a second that were asked for. */
  hz: z.number(),
  host: z.object({ cores: z.int(), memoryBytes: z.number(), diskBytes: z.number().nullable() }),
  /** Why there are no GPU figures; null where there are. */
  gpusAbsent: z.string().nullable(),
  driver: z.string().nullable(),
  gpus: z.array(
    z.object({
      index: z.int(),
      name: z.string().nullable(),
      uuid: z.string().nullable(),
      memoryBytes: z.number().nullable(),
    }),
  ),
});
export type TelemetryHead = z.infer<typeof telemetryHead>;

/** A run's telemetry as a whole; null head where none was taken. */
export const telemetrySeries = z.object({
  head: telemetryHead.nullable(),
  samples: z.array(telemetrySample),
  /** How many recorded samples each of these stands for. */
  folded: z.int(),
});
export type TelemetrySeries = z.infer<typeof telemetrySeries>;
