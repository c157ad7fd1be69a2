// SPDX-License-Identifier: Apache-2.0
import type { PassCourse } from '#shared/contract/comparison-charts.ts';
import type { IterationLine } from '#shared/contract/run.ts';
import type { TelemetrySample } from '#shared/contract/telemetry.ts';
import { firstIterationS, linesOfOneRank } from './log-time.ts';
import type { PassResult } from './pass.ts';
import { busyGpus } from './telemetry.ts';

/** Throughput of a pass over time, and the clocks of the GPUs at the same moments. */

const POINTS = 60;
/** Lines of more passes than these hide each other; the first are drawn. */
const MOST_PASSES = 20;
interface Step {
  /** Seconds from the start of the first iteration to the end of this one. */
  readonly endS: number;
  readonly tokens: number;
}

/** Steps follow each other; where the log tells times, a wait between two of them is seen, too. */
function stepsOf(lines: readonly IterationLine[]): Step[] {
  const [first] = lines;
  let endS = 0;
  return lines.map(({ hostStepMs, generationTokens = 0, loggedAtS }) => {
    const sinceFirstS =
      loggedAtS === undefined || first?.loggedAtS === undefined ? 0 : loggedAtS - first.loggedAtS;
    endS = Math.max(endS + hostStepMs / 1000, sinceFirstS);
    return { endS, tokens: generationTokens };
  });
}

function throughputOf(steps: readonly Step[]): PassCourse['throughput'] {
  const lastS = steps.at(-1)?.endS ?? 0;
  if (lastS <= 0) return [];
  const bins = Math.min(POINTS, steps.length);
  const tokens = Array.from({ length: bins }, () => 0);
  const binS = lastS / bins;
  let startS = 0;
  for (const step of steps) {
    // A step's tokens are spread over its time, so that a bin of half a step has half of them.
    const [from, to] = [startS, step.endS];
    for (let bin = Math.floor(from / binS); bin < bins && bin * binS < to; bin += 1) {
      const inside = Math.min(to, (bin + 1) * binS) - Math.max(from, bin * binS);
      tokens[bin] = (tokens[bin] ?? 0) + (step.tokens * Math.max(0, inside)) / Math.max(to - from, 1e-12);
    }
    startS = step.endS;
  }
  return tokens.map((count, bin) => ({ atS: (bin + 0.5) * binS, tokensPerS: count / binS }));
}

function clocksOf(samples: readonly TelemetrySample[], fromS: number, toS: number): PassCourse['clocks'] {
  return samples.flatMap((sample) => {
    const atS = sample.atMs / 1000 - fromS;
    if (atS < 0 || atS > toS) return [];
    const clocks = busyGpus(sample).flatMap(({ smClockMhz }) => smClockMhz ?? []);
    if (clocks.length === 0) return [];
    return [{ atS, smMhz: clocks.reduce((sum, mhz) => sum + mhz, 0) / clocks.length }];
  });
}

function courseOf({ block, arm, purpose, run, lines, telemetry }: PassResult): PassCourse[] {
  const steps = stepsOf(linesOfOneRank(lines));
  const throughput = throughputOf(steps);
  if (throughput.length === 0) return [];
  const fromS = firstIterationS(run, linesOfOneRank(lines));
  const lastS = steps.at(-1)?.endS ?? 0;
  const clocks = fromS === null ? [] : clocksOf(telemetry.samples, fromS, lastS);
  return [{ block, arm, purpose, runId: run.id, throughput, clocks }];
}

/** Of the first timing passes of both arms. */
export function coursesOf(passes: readonly PassResult[]): PassCourse[] {
  return passes.slice(0, MOST_PASSES).flatMap(courseOf);
}

/** Why no course has clocks; null where one does. */
export function clocksAbsenceOf(
  passes: readonly PassResult[],
  courses: readonly PassCourse[],
): string | null {
  if (courses.length === 0 || courses.some(({ clocks }) => clocks.length > 0)) return null;
  const gpusAbsent = passes.find(({ telemetry }) => telemetry.head?.gpusAbsent)?.telemetry.head?.gpusAbsent;
  if (gpusAbsent !== undefined && gpusAbsent !== null) return `No clocks: ${gpusAbsent}`;
  if (passes.every(({ telemetry }) => telemetry.samples.every(({ gpus }) => gpus.length === 0)))
    return 'No clocks: no GPU was sampled during the passes.';
  return 'No clocks: the engine’s log does not say when its iterations were, or no GPU was busy then.';
}
