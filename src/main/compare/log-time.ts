// SPDX-License-Identifier: Apache-2.0
import type { IterationLine, RunManifest } from '#shared/contract/run.ts';

/** When the iterations of a run were, by the engine's log. */

/** Time zones differ by multiples of this. */
const ZONE_S = 15 * 60;
/** Logs tell whole seconds. */
const TOLERANCE_S = 2;

/** Lines of the rank that logged first: others describe the same steps. */
export function linesOfOneRank(lines: readonly IterationLine[]): readonly IterationLine[] {
  const rank = lines[0]?.rank;
  return lines.filter((line) => line.rank === rank);
}

/**
 * When the first iteration began, in seconds since the run's start. The log's times have no zone and whole seconds: the
 * zone is what brings them into the run. Null where they cannot be of this run.
 */
export function firstIterationS(run: RunManifest, lines: readonly IterationLine[]): number | null {
  const [first] = lines;
  if (first?.loggedAtS === undefined || run.startedAt === undefined || run.endedAt === undefined) return null;
  const startedS = Date.parse(run.startedAt) / 1000;
  const durationS = Date.parse(run.endedAt) / 1000 - startedS;
  const apartS = first.loggedAtS - startedS;
  const loggedS = apartS - Math.round(apartS / ZONE_S) * ZONE_S;
  if (loggedS < -TOLERANCE_S || loggedS > durationS + TOLERANCE_S) return null;
  const lastS = (lines.at(-1)?.loggedAtS ?? first.loggedAtS) - first.loggedAtS;
  const workS = lines.slice(1).reduce((sum, { hostStepMs }) => sum + hostStepMs / 1000, 0);
  // A clock that stands still (a work clock's does) tells nothing.
  return workS > lastS + TOLERANCE_S ? null : Math.max(0, loggedS - first.hostStepMs / 1000);
}
