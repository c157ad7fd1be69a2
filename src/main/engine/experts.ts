// SPDX-License-Identifier: Apache-2.0
import { IterscopeError } from '#shared/base/errors.ts';
import type { Source } from '#shared/contract/app.ts';
import type { EngineInput } from '#shared/contract/engine.ts';
import type {
  ExpertBalance,
  ExpertHeatmap,
  ExpertHistogram,
  ExpertPlan,
  ExpertSeries,
  ExpertSummary,
  LayerMetrics,
  PerfectLoad,
} from '#shared/contract/experts.ts';
import { nativeFailure } from './native.ts';
import type { Native, NativeModule } from './native.ts';

/** Open expert statistics, by source. Small enough to be held whole. */
export class ExpertSessions {
  readonly #native: NativeModule;
  readonly #open = new Map<string, Promise<Native.ExpertStatistics>>();

  constructor(native: NativeModule) {
    this.#native = native;
  }

  async open(source: Source): Promise<ExpertSummary> {
    const opening = this.#native.openExpertStatistics(source.path);
    this.#open.set(source.sourceId, opening);
    try {
      const { ranks, ...summary } = (await opening).summary();
      return { ...summary, ranks: ranks.length };
    } catch (thrown) {
      this.#open.delete(source.sourceId);
      throw new IterscopeError(nativeFailure(thrown), { cause: thrown });
    }
  }

  async histogram(source: Source, input: EngineInput<'experts.histogram'>): Promise<ExpertHistogram> {
    const { layer, iterationFrom, iterationTo } = input;
    const statistics = await this.#get(source);
    const { counts, total } = await answer(statistics.histogram(layer, iterationFrom, iterationTo));
    return { layer, counts: [...counts], total };
  }

  async balance(source: Source, { model, rows }: EngineInput<'experts.balance'>): Promise<ExpertBalance> {
    return answer((await this.#get(source)).balance(model, rows));
  }

  async layerMetrics(
    source: Source,
    { iterationFrom, iterationTo, ranks }: EngineInput<'experts.layerMetrics'>,
    signal: AbortSignal,
  ): Promise<LayerMetrics[]> {
    const statistics = await this.#get(source);
    const token = new this.#native.CancelToken();
    const cancel = (): void => token.cancel();
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    return answer(statistics.layerMetrics(iterationFrom, iterationTo, ranks, token));
  }

  async heatmap(source: Source, input: EngineInput<'experts.heatmap'>): Promise<ExpertHeatmap> {
    const statistics = await this.#get(source);
    const { layers, experts } = statistics.summary();
    const tokens = await answer(statistics.heatmap(input.iterationFrom, input.iterationTo));
    return { layers, experts, tokens };
  }

  async rankLoads(source: Source, input: EngineInput<'experts.rankLoads'>): Promise<number[] | null> {
    const statistics = await this.#get(source);
    const { layer, iterationFrom, iterationTo, ranks } = input;
    const loads = await answer(statistics.rankLoads(layer, iterationFrom, iterationTo, ranks));
    return loads === null ? null : [...loads];
  }

  async vllmBalancedness(
    source: Source,
    input: EngineInput<'experts.vllmBalancedness'>,
  ): Promise<number | null> {
    const statistics = await this.#get(source);
    return answer(statistics.vllmBalancedness(input.iterationFrom, input.iterationTo, input.ranks));
  }

  async series(source: Source, input: EngineInput<'experts.series'>): Promise<ExpertSeries> {
    const statistics = await this.#get(source);
    const { layer, iterationFrom, iterationTo, over, ranks, rows } = input;
    const by = { overRanks: over === 'ranks', epSize: ranks, rows };
    return answer(statistics.series(layer, iterationFrom, iterationTo, by));
  }

  async perfectRouter(
    _source: Source,
    { ranks, ...rest }: EngineInput<'experts.perfectRouter'>,
  ): Promise<Float64Array> {
    return answer(this.#native.perfectRouterLoads({ ...rest, epSize: ranks }));
  }

  async perfectLoad(
    source: Source,
    { layer, iterationFrom, iterationTo, ranks, rotated }: EngineInput<'experts.perfectLoad'>,
  ): Promise<PerfectLoad | null> {
    const statistics = await this.#get(source);
    return answer(statistics.perfectLoad(layer, iterationFrom, iterationTo, ranks, rotated));
  }

  async plan(source: Source, input: EngineInput<'experts.plan'>): Promise<ExpertPlan> {
    const statistics = await this.#get(source);
    const { ranks, slots, layerUpdates, ...rest } = input;
    const request = { ...rest, epSize: ranks, numSlots: slots, layerUpdatesPerIter: layerUpdates };
    return answer(statistics.plan(request));
  }

  async judgePlan(source: Source, input: EngineInput<'experts.judgePlan'>): Promise<ExpertPlan> {
    const statistics = await this.#get(source);
    const { text, name, iterationFrom, iterationTo, ranks } = input;
    return answer(statistics.judgePlan(text, name, iterationFrom, iterationTo, ranks));
  }

  async #get(source: Source): Promise<Native.ExpertStatistics> {
    const opening = this.#open.get(source.sourceId);
    if (opening !== undefined) return opening;
    const message = `${source.name} is not open: open it first.`;
    throw new IterscopeError({ code: 'source.unknown', message, path: source.path });
  }
}

async function answer<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    throw new IterscopeError(nativeFailure(thrown), { cause: thrown });
  }
}
