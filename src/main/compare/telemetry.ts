// SPDX-License-Identifier: Apache-2.0
import type { ReportedFigure } from '#shared/contract/run.ts';
import type { GpuSample, TelemetrySample, Throttle } from '#shared/contract/telemetry.ts';
import { firstIterationS, linesOfOneRank } from './log-time.ts';
import type { PassResult } from './pass.ts';

/** What the driver said about the GPUs while a timing pass worked: clocks, other processes, power. */

/** Clocks that somebody set are steady and no doubt; any other reason lowers them behind the user's back. */
const words: Readonly<Record<Exclude<Throttle, 'set-clocks'>, string>> = {
  'power-cap': 'power limit',
  thermal: 'temperature',
  'power-brake': 'power supply',
  hardware: 'hardware slowdown',
  'sync-boost': 'a slower GPU of the group',
};

/** GPUs that did something; one that does not tell counts. */
export const busyGpus = ({ gpus }: TelemetrySample): GpuSample[] =>
  gpus.filter(({ busyRatio }) => busyRatio === null || busyRatio > 0);

/** Samples from the first iteration to the last; where the log has no times, those in which a GPU was busy. */
export function workSamples({ run, lines, telemetry }: PassResult): TelemetrySample[] {
  const busy = telemetry.samples.filter((sample) => busyGpus(sample).length > 0);
  const ofRank = linesOfOneRank(lines);
  const fromS = firstIterationS(run, ofRank);
  const [first, last] = [ofRank[0]?.loggedAtS, ofRank.at(-1)?.loggedAtS];
  if (fromS === null || first === undefined || last === undefined) return busy;
  const toS = fromS + (last - first) + 1;
  const within = busy.filter(({ atMs }) => atMs >= fromS * 1000 && atMs <= toS * 1000);
  return within.length > 0 ? within : busy;
}

/** `clocks were throttled in 3 of 40 samples (power limit)`; nothing when they were not. */
export function throttleDoubts(pass: PassResult): string[] {
  const samples = workSamples(pass);
  const reasonsOf = (sample: TelemetrySample): string[] =>
    busyGpus(sample).flatMap(({ throttles }) =>
      (throttles ?? []).flatMap((reason) => (reason === 'set-clocks' ? [] : words[reason])),
    );
  const throttled = samples.map(reasonsOf).filter((reasons) => reasons.length > 0);
  if (throttled.length === 0) return [];
  const reasons = [...new Set(throttled.flat())].join(', ');
  return [
    `clocks were throttled in ${throttled.length.toString()} of ${samples.length.toString()} samples (${reasons})`,
  ];
}

const pidsOf = ({ telemetry }: PassResult): Set<number> =>
  new Set(
    telemetry.samples
      .flatMap(({ gpus }) => gpus.flatMap(({ processes }) => processes ?? []))
      .map(({ pid }) => pid),
  );

/** Processes that used a GPU in more than one pass: every pass loads anew, so they belong to none. */
export function strangersOf(passes: readonly PassResult[]): Set<number> {
  const seen = new Map<number, number>();
  for (const pass of passes) for (const pid of pidsOf(pass)) seen.set(pid, (seen.get(pid) ?? 0) + 1);
  return new Set([...seen].filter(([, count]) => count > 1).map(([pid]) => pid));
}

export function strangerDoubts(pass: PassResult, strangers: ReadonlySet<number>): string[] {
  const found = [...pidsOf(pass)].filter((pid) => strangers.has(pid)).sort((x, y) => x - y);
  if (found.length === 0) return [];
  const who = found.length === 1 ? 'another process' : 'other processes';
  return [`${who} used the GPU (${found.map((pid) => `pid ${pid.toString()}`).join(', ')})`];
}

/** Power of all busy GPUs together, mean over the work; null where no GPU tells it. */
function meanPowerWatts(pass: PassResult): number | null {
  const powers = workSamples(pass).flatMap((sample) => {
    const known = busyGpus(sample).flatMap(({ powerWatts }) => powerWatts ?? []);
    return known.length === 0 ? [] : [known.reduce((sum, watts) => sum + watts, 0)];
  });
  return powers.length === 0 ? null : powers.reduce((sum, watts) => sum + watts, 0) / powers.length;
}

/** Power, and energy per output token where the pass reports its throughput. */
export function powerFigures(pass: PassResult): ReportedFigure[] {
  const watts = meanPowerWatts(pass);
  if (watts === null) return [];
  const power = { label: 'GPU power', value: watts, unit: 'W' };
  const throughput = pass.run.figures.find(({ label }) => label === 'Output throughput')?.value ?? 0;
  if (throughput <= 0) return [power];
  return [power, { label: 'GPU energy per output token', value: watts / throughput, unit: 'J/token' }];
}
