// SPDX-License-Identifier: Apache-2.0

/** What the figures of a trace mean, in one or two sentences each; shown on hover and read aloud. */
export const definitions = {
  iterations:
    'Engine iterations whose step marker is in the trace, or, without markers, that were inferred from it.',
  time: 'Length of the host window: from the start of this step marker to the start of the next; the last ends with its marker.',
  median: 'The middle value of the host windows of all iterations and ranks.',
  busy: 'Share of the GPU windows in which any activity ran on the device. A GPU window lasts from the first activity launched in the iteration to the first of the next.',
  hostBusy:
    'Share of the host windows in which operators computed, communicated or moved memory. These traces hold no GPU activity.',
  gpuBusy: 'Union of all GPU activities attributed to the iteration: time in which at least one ran.',
  hostCompute: 'Time of the host window in which compute operators ran. The trace holds no GPU activity.',
  idle: 'Part of the window in which nothing ran. On a GPU: no activity on any stream of the device.',
  communication: 'Time of the window in which communication ran and no compute did.',
  kernels: 'GPU kernels attributed to the iteration by their launch call.',
  shift:
    'Start of the GPU window minus start of the host window: how far the GPU runs behind the host that feeds it.',
  gc: 'Union of Python garbage collection ranges in the host window.',
  gilHeld:
    "Union of ranges in the host window in which threads of the rank held Python's global interpreter lock.",
  gilWaiting:
    "Union of ranges in the host window in which threads of the rank waited for Python's global interpreter lock.",
  captured:
    'Whether the recording holds what steps of this kind hold. Partial: fewer than half the kernels or API calls of their median. Empty: a marker without GPU work. Figures of such steps are too small.',
  kind: 'Context: the iteration processes prompts (prefill), alone or beside decoding. Generation: it only decodes.',
  kernelTotal: 'Sum of the durations of all slices of this name.',
  kernelShare: 'Total of this name over the total of all rows.',
  launchDelay: 'Start of the kernel minus start of the call that launched it.',
} as const;
