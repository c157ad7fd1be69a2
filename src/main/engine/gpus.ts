// SPDX-License-Identifier: Apache-2.0
import { throttle } from '#shared/contract/telemetry.ts';
import type { GpuReport, Gpus } from '../ports/gpus.ts';
import type { Native, NativeModule } from './native.ts';

function toGpu(gpu: Native.GpuSample): GpuReport['gpus'][number] {
  return {
    index: gpu.index,
    name: gpu.name ?? null,
    uuid: gpu.uuid ?? null,
    memoryBytes: gpu.memoryTotalBytes ?? null,
    sample: {
      busyRatio: gpu.busyRatio ?? null,
      memoryBusyRatio: gpu.memoryBusyRatio ?? null,
      memoryUsedBytes: gpu.memoryUsedBytes ?? null,
      smClockMhz: gpu.smClockMhz ?? null,
      memoryClockMhz: gpu.memoryClockMhz ?? null,
      powerWatts: gpu.powerWatts ?? null,
      temperatureCelsius: gpu.temperatureCelsius ?? null,
      throttles: gpu.throttles?.map((name) => throttle.parse(name)) ?? null,
      processes:
        gpu.processes?.map(({ pid, memoryBytes }) => ({ pid, memoryBytes: memoryBytes ?? null })) ?? null,
    },
    settings: {
      powerLimitWatts: gpu.powerLimitWatts ?? null,
      defaultPowerLimitWatts: gpu.defaultPowerLimitWatts ?? null,
      divided: gpu.divided ?? null,
    },
  };
}

/** The GPUs of this machine, as the driver's own library tells. */
export class LocalGpus implements Gpus {
  readonly #native: Native.GpuTelemetry;

  /** `library` names a file to load instead of the driver's. */
  constructor(native: NativeModule, library?: string) {
    this.#native = new native.GpuTelemetry(library);
  }

  async sample(): Promise<GpuReport> {
    const { absent, driver, cuda, gpus } = await this.#native.sample();
    return { absent: absent ?? null, driver: driver ?? null, cuda: cuda ?? null, gpus: gpus.map(toGpu) };
  }
}
