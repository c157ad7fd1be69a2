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
  iteration: 'Number of the iteration: that of its step marker, or counted where markers have none.',
  rank: 'One of the processes or threads that share the work of the model: each has a trace of its own.',
  contextRequests: 'Requests of the iteration in the context phase (prefill), as its step marker says.',
  contextTokens: 'Tokens of the requests in the context phase, as the step marker says.',
  generationRequests:
    'Requests of the iteration in the generation phase (decoding), as its step marker says.',
  marker: 'Length of the step marker itself: the host’s part of the forward pass.',
  compute: 'Time of the GPU window in which at least one compute kernel ran.',
  memory: 'Time of the window in which copies or sets of memory ran, and neither compute nor communication.',
  communication: 'Exposed communication: time of the window in which communication ran and no compute did.',
  allCommunication: 'Time of the GPU window in which communication ran, whatever ran beside it.',
  overlap: 'Share of the communication of the GPU window that computing hides: 1 − exposed / communication.',
  idleShare: 'Idle time over the length of the window.',
  idleHost:
    'Idle time that ended with an activity whose launch call began after the gap did: the host was late.',
  idleGap: 'Idle time in gaps under 30 µs whose ending activity was launched before the gap began.',
  idleDependency:
    'Idle time in longer gaps whose ending activity was launched before they began: it waited for events, other streams or resources.',
  idleNoWork: 'Idle time inside of steps whose marker says that no request was scheduled.',
  idleUnknown: 'Idle time after which nothing follows, or whose ending activity has no known launch call.',
  gpuWindow:
    'From the first activity launched in this iteration to the first of the next; all devices of the rank.',
  kernelTime: 'Sum of kernel durations: larger than GPU busy when kernels overlap.',
  launchMedian:
    'Median of the launch delays: start of the first work of a launch call minus start of the call.',
  launchP95: '95th percentile of the launch delays of the iteration, a value that occurred.',
  launchMax: 'The longest launch delay of the iteration.',
  logHost:
    'Host step time of the engine’s log line for this iteration, with idle waiting for requests. Line N describes step N − 1.',
  logDevice:
    'Device step time of the engine’s log for this iteration, gaps included. Line N tells it of step N − 2.',
  logContext: 'Context requests in the engine’s log line for this iteration.',
  logContextTokens: 'Context tokens in the engine’s log line for this iteration.',
  logGeneration: 'Generation tokens in the engine’s log line for this iteration.',
  logBatch: 'Requests that the engine’s log says were scheduled in this iteration.',
  logCache: 'Blocks of the KV cache in use over all, as the engine’s log says of this iteration.',
  statLatency:
    'Latency of the iteration in the engine’s statistics file. With an overlap scheduler it spans about two loops: the sum of all is about twice the wall time.',
  statHost: 'Host step time of this iteration in the engine’s statistics file.',
  statDevice:
    'Device step time of this iteration in the engine’s statistics file, gaps included. The record of the next iteration tells it.',
  statForward: 'GPU time of the forward pass of this iteration’s batch in the engine’s statistics file.',
  statActive: 'Requests that were being worked on, in the engine’s statistics file.',
  statQueued: 'Requests that waited for a place in the batch, in the engine’s statistics file.',
  statBatch: 'Requests scheduled in this iteration, in the engine’s statistics file.',
  statContext: 'Context requests of this iteration in the engine’s statistics file.',
  statContextTokens: 'Context tokens of this iteration in the engine’s statistics file.',
  statGeneration: 'Generation requests of this iteration in the engine’s statistics file.',
  statCache: 'Blocks of the KV cache in use over all, in the engine’s statistics file.',
  excess:
    'Time above the median of iterations of the same kind and batch, where it is more than 10 % and three deviations above.',
  cause:
    'The part of the iteration with the largest excess over its own median, when it explains at least half of the time above; else unexplained.',
  inferred: 'Whether a step marker bounds the iteration, or the repeating pattern of the trace.',
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
  sliceName: 'The name as the recorder wrote it, shortened; hover over a cell to see all of it.',
  sliceKind: 'What such slices do, decided once by a rule table when the trace is read.',
  sliceCount: 'Slices of this name in the chosen iterations, of all ranks.',
  sliceMean: 'Total over count.',
  sliceMin: 'The shortest of this name.',
  sliceMedian: 'Median duration, a value that occurred. Of one rank: medians of several cannot be joined.',
  sliceP95: '95th percentile of the durations, a value that occurred. Of one rank.',
  sliceMax: 'The longest of this name.',
  variation:
    'Sample standard deviation of the time per iteration over its mean; an iteration without it counts as zero. Of several ranks the largest.',
  present:
    'Iterations that have it, and its time in each of them, the longest as high as the picture. Beyond 64 a bar stands for several and shows the longest of them; of several ranks the longest counts.',
  mostIteration: 'The iteration with most time of this name, on whichever rank.',
  mostTime: 'Its time in the iteration with most of it.',
  work: 'Device time of what was launched inside of this operator, nested operators included.',
  ownWork: 'Of this, what no nested operator launched.',
  workCount: 'Kernels, copies and sets of memory that were launched inside.',
  operatorHost: 'Sum of the durations on the host, nested operators included.',
  change: 'Time after minus time before; positive is slower.',
  before: 'Sum of the durations of this name in the iterations before.',
  after: 'Sum of the durations of this name in the iterations after.',
  kernelTotal: 'Sum of the durations of all slices of this name.',
  kernelShare: 'Total of this name over the total of all rows.',
  launchDelay: 'Start of the kernel minus start of the call that launched it.',
  flow: 'An arrow that the trace itself draws between two slices, such as from a forward to its backward pass. Those between a launch and its work are above.',
  clock: 'When it starts on the clock of the recording machine.',
  nameCount: 'Slices of exactly this name in the trace, on all of its tracks.',
  nameSum: 'Sum of their durations. Slices that overlap each other count each.',
  nameMin: 'The shortest of them.',
  nameMean: 'Sum over count.',
  nameMedian: 'The middle of their durations: one that occurred.',
  nameP95: '95 % of them are as short as this, or shorter: a duration that occurred.',
  nameMax: 'The longest of them.',
  foundCount: 'Slices of this name and kind in all of the open traces.',
  foundSum: 'Sum of their durations. Slices that overlap each other count each.',
  rangeInside: 'Sum of what lies inside of the range. Slices that overlap each other count each.',
  rangeDurations:
    'Of the whole durations of the slices that overlap the range. Percentiles are durations that occurred.',
} as const;
