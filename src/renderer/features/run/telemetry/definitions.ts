// SPDX-License-Identifier: Apache-2.0

/** What the sampled figures mean. */
export const telemetryDefinitions = {
  cpu: 'Share of all processors of this machine that was busy since the sample before: by everything (host) and by the processes of this run (run).',
  memory:
    'Memory of this machine in use by everything (host), and resident memory of the processes of this run together (run); pages that they share count in each.',
  disk: 'Space left on the disk that the run is written to.',
  gpuBusy:
    'Share of the driver’s last period (up to a second) in which at least one kernel ran, whatever part of the GPU it used.',
  gpuMemory: 'Device memory in use by all processes, what the driver reserves included.',
  gpuPower: 'Power that the board draws.',
  gpuClock: 'Clock of the multiprocessors.',
  gpuMemoryClock: 'Clock of the device memory.',
  gpuTemperature: 'Temperature of the die.',
} as const;
