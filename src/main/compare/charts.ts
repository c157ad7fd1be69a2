// SPDX-License-Identifier: Apache-2.0
import type { ComparisonCharts, PassSpread } from '#shared/contract/comparison-charts.ts';
import type { ComparedFigure } from '#shared/contract/comparison.ts';
import { FEWEST, medianSpread } from './bootstrap.ts';
import { clocksAbsenceOf, coursesOf } from './courses.ts';
import { batchSizesOf, distributionsOf } from './distributions.ts';
import { batchText, sharedOf, WARM_UP } from './groups.ts';
import type { Group } from './groups.ts';
import type { PassResult } from './pass.ts';

/** What the charts draw, from the timing passes. */

function spreadOf(
  pass: PassResult,
  { contextTokens, generationTokens }: Group,
  seed: number,
): PassSpread['iterations'] {
  const times = pass.lines
    .slice(WARM_UP)
    .filter(
      (line) => (line.contextTokens ?? 0) === contextTokens && line.generationTokens === generationTokens,
    )
    .map(({ hostStepMs }) => hostStepMs);
  const spread = medianSpread(times, seed);
  if (spread === null) return null;
  return { count: times.length, medianMs: spread.value, lowMs: spread.low, highMs: spread.high };
}

/** The charts of these timing passes. `groups`: their iterations, the most frequent batch first. */
export function chartsOf(
  passes: readonly PassResult[],
  groups: readonly Group[],
  primary: ComparedFigure | null,
  seed: number,
): ComparisonCharts {
  const usual = sharedOf(groups).find(
    ({ a, b }) => a.some((times) => times.length >= FEWEST) && b.some((times) => times.length >= FEWEST),
  );
  const courses = coursesOf(passes);
  return {
    distributions: distributionsOf(groups),
    passes: passes.map((pass) => ({
      block: pass.block,
      arm: pass.arm,
      purpose: pass.purpose,
      runId: pass.run.id,
      value: primary?.[pass.arm][pass.block - 1] ?? null,
      iterations: usual === undefined ? null : spreadOf(pass, usual, seed),
    })),
    passBatch: usual === undefined ? null : batchText(usual),
    batchSizes: batchSizesOf(groups),
    courses,
    clocksAbsent: clocksAbsenceOf(passes, courses),
  };
}
