// SPDX-License-Identifier: Apache-2.0

/** What the figures of a run mean. Those of the program are its own; the words say how it counts them. */

const reported: readonly (readonly [label: RegExp, definition: string])[] = [
  [
    /gain from balance/i,
    'Estimate of what even expert load would save, from the measured times of the ranks: T / (T − saved) − 1, with T the time of the slowest rank.',
  ],
  [/per user/i, 'Generated tokens of one request per second of its own time, on average over requests.'],
  [/per gpu/i, 'Generated tokens of all requests per second and device.'],
  [
    /^kv cache used/i,
    'Largest share of the blocks of the KV cache in use after an iteration, as the iteration log counts them.',
  ],
  [
    /^requests (queued|active)/i,
    'Requests that waited for a place in the batch, and those that had one, as the iteration log counts them.',
  ],
  [/^iterations recorded/i, 'Lines of the iteration log: one for each iteration of the measured part.'],
  [/^generation speed/i, 'Generated tokens of a request per second, from its first token on.'],
  [/^e2e latency/i, 'Time from the arrival of a request to its last token.'],
  [/^benchmark duration/i, 'Time from the first request to the end of the last.'],
  [/(successful|failed) requests/i, 'Requests of the measured part that the server answered, or did not.'],
  [
    /output throughput/i,
    'Generated tokens of all requests, divided by the time from the first request to the end of the last.',
  ],
  [
    /token throughput/i,
    'Prompt and generated tokens of all requests, divided by the time from the first request to the end of the last.',
  ],
  [
    /request throughput/i,
    'Finished requests, divided by the time from the first request to the end of the last.',
  ],
  [/total latency/i, 'Time from the first request to the end of the last.'],
  [/(average|mean).*latency/i, 'Mean over requests of the time from arrival to the last token.'],
  [/time to first|ttft/i, 'Time from the arrival of a request to its first generated token.'],
  [
    /inter.?token|tpot|itl|per output token/i,
    'Mean time between two generated tokens of a request, the first left out.',
  ],
];

/** The definition of a figure that the program reported; undefined when its label is not known. */
export function definitionOf(label: string): string | undefined {
  return reported.find(([pattern]) => pattern.test(label))?.[1];
}

export const liveDefinitions = {
  iteration:
    'The newest finished iteration, counted from 0. The engine logs an iteration when the next one begins, under the next one’s number.',
  step: 'Host time of one pass of the engine’s loop, as its log says: median of the last 50 iterations.',
  captured:
    'Host time of one pass of the engine’s loop, as its log says: median over the captured iterations, with what the recorder added.',
  timeLeft:
    'At most: iterations until the bound of the run, times the median step time. The run ends earlier when all of its requests are done.',
  elapsed: 'Time since the program was started.',
  cpu: 'Processor time of all processes of the run, divided by the elapsed time: cores busy on average.',
  memory: 'Resident memory of all processes of the run together, now.',
  wall: 'Time from the start of the program to its end.',
  cpuTime: 'Processor time of all processes of the run together.',
  peakMemory: 'Largest resident memory of all processes of the run together that was sampled.',
} as const;
