// SPDX-License-Identifier: Apache-2.0
import type { Source } from '#shared/contract/app.ts';
import type { ExpertLoad } from '#shared/contract/comparison.ts';
import type { Iteration } from '#shared/contract/engine.ts';
import type { CriticalLoad, LayerMetrics } from '#shared/contract/experts.ts';
import type { Profile, ProfiledIteration } from '../compare/profile.ts';
import type { Engine } from '../ports/engine.ts';

/** Asks the engine what a profiled pass recorded: its iterations, what ran in each, and its expert load. */

/** Iterations of a rank whose work is asked for: enough for a mean and how it varies. */
const MOST_WORK = 24;
const MOST_NAMES = 2_000;

async function iterationsOf(engine: Engine, source: Source, rank: number): Promise<ProfiledIteration[]> {
  const { sourceId } = source;
  const { summary } = await engine.call('trace.open', { sourceId });
  const layer = summary.gpu.kernelCount > 0 ? ('device-work' as const) : ('operators' as const);
  const iterations = await engine.call('trace.iterations', { sourceId });
  const found: ProfiledIteration[] = [];
  for (const [at, iteration] of iterations.entries()) {
    const { index } = iteration;
    const selection = { layer, firstIteration: index, lastIteration: index };
    const work =
      at < MOST_WORK
        ? await engine.call('trace.groups', { sourceId, selection, by: 'name', limit: MOST_NAMES })
        : null;
    found.push({ rank: summary.rank ?? source.rank ?? rank, iteration, work });
  }
  return found;
}

/** Share of the slowest rank's work beyond the mean rank's, over all layers; null without any. */
function savedShare(
  layers: readonly LayerMetrics[],
  of: (layer: LayerMetrics) => CriticalLoad | null,
): number | null {
  const loads = layers.flatMap((layer) => of(layer) ?? []);
  const whole = loads.reduce((sum, { max }) => sum + max, 0);
  if (whole === 0) return null;
  return loads.reduce((sum, { max, mean }) => sum + max - mean, 0) / whole;
}

/** Mean of what has an answer. */
function meanOf(layers: readonly LayerMetrics[], of: (layer: LayerMetrics) => number | null): number | null {
  const values = layers.map(of).filter((value) => value !== null);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

async function expertsOf(
  engine: Engine,
  { sourceId }: Source,
  ranks: number,
  iterations: readonly Iteration[],
): Promise<ExpertLoad | null> {
  await engine.call('experts.open', { sourceId });
  const indexes = iterations.map(({ index }) => index);
  const iterationFrom = indexes.reduce((least, index) => Math.min(least, index), indexes[0] ?? 0);
  const iterationTo = indexes.reduce((most, index) => Math.max(most, index), iterationFrom) + 1;
  const window = { sourceId, iterationFrom, iterationTo, ranks: Math.max(1, ranks) };
  const layers = await engine.call('experts.layerMetrics', window);
  return {
    expertImbalance: meanOf(layers, ({ expertImbalanceMean }) => expertImbalanceMean),
    rankImbalance: meanOf(layers, ({ rankImbalanceMean }) => rankImbalanceMean),
    activeExperts: meanOf(layers, ({ activeExperts }) => activeExperts),
    savedByTokens: savedShare(layers, ({ criticalTokens }) => criticalTokens),
    savedByActive: savedShare(layers, ({ criticalActive }) => criticalActive),
  };
}

/** The profile of a run, from the sources that it left. */
export async function readProfile(engine: Engine, sources: readonly Source[]): Promise<Profile> {
  const traces = sources.filter(({ kind }) => kind === 'trace');
  const iterations: ProfiledIteration[] = [];
  for (const [at, source] of traces.entries()) iterations.push(...(await iterationsOf(engine, source, at)));
  const statistics = sources.find(({ kind }) => kind === 'expert-statistics');
  const experts =
    statistics === undefined
      ? null
      : await expertsOf(
          engine,
          statistics,
          traces.length,
          iterations.map(({ iteration }) => iteration),
        );
  return { iterations, experts };
}
