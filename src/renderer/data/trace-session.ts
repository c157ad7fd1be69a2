// SPDX-License-Identifier: Apache-2.0
import { IterscopeError, toFailure, type Failure } from '#shared/base/errors.ts';
import { WINDOW_VERSION } from '#shared/contract/engine.ts';
import type {
  EngineInput,
  EngineProgress,
  Iteration,
  OpenedTrace,
  SliceDetails,
} from '#shared/contract/engine.ts';
import type {
  DeviceRange,
  Difference,
  Group,
  HtaFigures,
  OperatorStat,
  StreamQueue,
  Variation,
} from '#shared/contract/analysis.ts';
import type { Source } from '#shared/contract/app.ts';
import type { TraceWritten } from '#shared/contract/exporting.ts';
import type { InstantDetails } from '#shared/contract/points.ts';
import type {
  ArgumentMatches,
  FoundSlice,
  NameStatistics,
  Neighbours,
  SearchResult,
} from '#shared/contract/search.ts';
import { viewCounters, type CounterView } from '#shared/trace/counters.ts';
import { viewCoverage, type CoverageView } from '#shared/trace/coverage.ts';
import { viewWindow, type WindowView } from '#shared/trace/window.ts';
import { askEngine } from './engine.ts';
import { NameCache } from './trace-names.ts';

/** One trace that a view has open: its state while it opens, and its answers once it is. */

export type TraceState =
  | { readonly phase: 'opening'; readonly progress: EngineProgress | null }
  | { readonly phase: 'ready'; readonly trace: OpenedTrace; readonly iterations: readonly Iteration[] }
  | { readonly phase: 'failed'; readonly failure: Failure }
  | { readonly phase: 'cancelled' };

interface WindowQuestion {
  readonly startNs: number;
  readonly endNs: number;
  readonly units: number;
  readonly tracks: readonly number[];
}

interface CounterQuestion {
  readonly startNs: number;
  readonly endNs: number;
  readonly units: number;
  readonly counters: readonly number[];
}

interface CoverageQuestion {
  readonly startNs: number;
  readonly endNs: number;
  readonly units: number;
  readonly groups: readonly (readonly number[])[];
}

/** What to search for in names and kinds. */
export interface SearchPattern {
  readonly text: string;
  readonly isExpression: boolean;
  readonly matchCase: boolean;
}

type Selection = EngineInput<'trace.groups'>['selection'];

const MAX_KEPT_SLICES = 4096;
const MAX_KEPT_STATISTICS = 256;
const OPENING: TraceState = { phase: 'opening', progress: null };

export class TraceSession {
  readonly source: Source;
  state: TraceState = OPENING;

  readonly #onState: () => void;
  readonly #onRanks: (ranks: readonly Source[]) => void;
  readonly #names: NameCache;
  readonly #slices = new Map<number, Promise<SliceDetails>>();
  readonly #statistics = new Map<string, Promise<NameStatistics | null>>();
  #abort: AbortController | undefined;

  /**
   * `onState` is called when the state changed, `onNames` when names arrived, `onRanks` instead of opening when the
   * file holds several ranks.
   */
  constructor(
    source: Source,
    onState: () => void,
    onNames: () => void,
    onRanks: (ranks: readonly Source[]) => void = () => undefined,
  ) {
    this.source = source;
    this.#onRanks = onRanks;
    this.#onState = onState;
    this.#names = new NameCache((ids) => this.#askNames(ids), onNames);
  }

  /** Opens (ingests if needed), unless that is under way or done. */
  async open(): Promise<void> {
    if (this.#abort !== undefined && !this.#abort.signal.aborted) return;
    const abort = new AbortController();
    this.#abort = abort;
    const { signal } = abort;
    const { sourceId } = this.source;
    this.#setState(OPENING);
    const onProgress = (progress: EngineProgress): void => {
      if (!signal.aborted) this.#setState({ phase: 'opening', progress });
    };
    try {
      const ranks = await askEngine('trace.ranks', { sourceId }, { signal, onProgress });
      if (ranks.length > 0) {
        if (!signal.aborted) this.#onRanks(ranks);
        return;
      }
      const trace = await askEngine('trace.open', { sourceId }, { signal, onProgress });
      const iterations = await askEngine('trace.iterations', { sourceId }, { signal });
      if (!signal.aborted) this.#setState({ phase: 'ready', trace, iterations });
    } catch (thrown) {
      if (signal.aborted) return;
      this.#abort = undefined;
      this.#setState({ phase: 'failed', failure: toFailure(thrown) });
    }
  }

  /** Stops opening on the user's wish; `open` starts again. */
  cancel(): void {
    if (this.state.phase !== 'opening') return;
    this.#abort?.abort();
    this.#setState({ phase: 'cancelled' });
  }

  /** Waits to be opened again after it was cancelled. */
  renew(): void {
    if (this.state.phase === 'cancelled') this.#setState(OPENING);
  }

  /** Lets the engine forget the trace. */
  close(): void {
    const ready = this.state.phase === 'ready';
    this.#abort?.abort();
    this.#abort = undefined;
    this.#slices.clear();
    this.#statistics.clear();
    this.state = OPENING;
    if (ready) void askEngine('trace.close', { sourceId: this.source.sourceId }).catch(() => undefined);
  }

  async window(question: WindowQuestion, signal: AbortSignal): Promise<WindowView> {
    const { sourceId } = this.source;
    const input = { sourceId, ...question, tracks: [...question.tracks] };
    const bytes = await askEngine('trace.window', input, { signal });
    const view = viewWindow(bytes, WINDOW_VERSION);
    if (view !== null) return view;
    throw this.#unreadable();
  }

  /** Instants in the layout of windows, with the index of an instant as row. */
  async instantWindow(question: WindowQuestion, signal: AbortSignal): Promise<WindowView> {
    const input = { sourceId: this.source.sourceId, ...question, tracks: [...question.tracks] };
    const view = viewWindow(await askEngine('trace.instantWindow', input, { signal }), WINDOW_VERSION);
    if (view !== null) return view;
    throw this.#unreadable();
  }

  async counterWindow(question: CounterQuestion, signal: AbortSignal): Promise<CounterView> {
    const input = { sourceId: this.source.sourceId, ...question, counters: [...question.counters] };
    const view = viewCounters(await askEngine('trace.counterWindow', input, { signal }));
    if (view !== null) return view;
    throw this.#unreadable();
  }

  instant(index: number): Promise<InstantDetails> {
    return askEngine('trace.instant', { sourceId: this.source.sourceId, index });
  }

  async coverage(question: CoverageQuestion, signal: AbortSignal): Promise<CoverageView> {
    const { sourceId } = this.source;
    const groups = question.groups.map((tracks) => [...tracks]);
    const view = viewCoverage(
      await askEngine('trace.coverage', { sourceId, ...question, groups }, { signal }),
    );
    if (view !== null) return view;
    throw this.#unreadable();
  }

  name(id: number): string | undefined {
    return this.#names.get(id);
  }

  /** Everything about a slice; asked once, kept for the next question. */
  slice(row: number): Promise<SliceDetails> {
    const kept = this.#slices.get(row);
    if (kept !== undefined) return kept;
    if (this.#slices.size >= MAX_KEPT_SLICES) this.#slices.clear();
    const asked = askEngine('trace.slice', { sourceId: this.source.sourceId, row });
    this.#slices.set(row, asked);
    asked.catch(() => this.#slices.delete(row));
    return asked;
  }

  /** How long all slices of exactly this name are; asked once, kept for the next slice of it. */
  nameStatistics(name: string): Promise<NameStatistics | null> {
    const kept = this.#statistics.get(name);
    if (kept !== undefined) return kept;
    if (this.#statistics.size >= MAX_KEPT_STATISTICS) this.#statistics.clear();
    const asked = askEngine('trace.nameStatistics', { sourceId: this.source.sourceId, name });
    this.#statistics.set(name, asked);
    asked.catch(() => this.#statistics.delete(name));
    return asked;
  }

  /** The slices of the same name before and after a slice, on all tracks. */
  neighbours(row: number): Promise<Neighbours> {
    return askEngine('trace.neighbours', { sourceId: this.source.sourceId, row, on: 'all-tracks' });
  }

  /** Sums by name, the most time first. */
  groups(selection: Selection, limit: number, signal: AbortSignal): Promise<readonly Group[]> {
    const { sourceId } = this.source;
    return askEngine('trace.groups', { sourceId, selection, by: 'name', limit }, { signal });
  }

  variations(first: number, last: number, limit: number, signal: AbortSignal): Promise<readonly Variation[]> {
    return askEngine('trace.variations', { sourceId: this.source.sourceId, first, last, limit }, { signal });
  }

  differences(
    before: Selection,
    after: Selection,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly Difference[]> {
    return askEngine(
      'trace.differences',
      { sourceId: this.source.sourceId, before, after, limit },
      { signal },
    );
  }

  operators(selection: Selection, limit: number, signal: AbortSignal): Promise<readonly OperatorStat[]> {
    return askEngine('trace.operators', { sourceId: this.source.sourceId, selection, limit }, { signal });
  }

  operatorWork(
    selection: Selection,
    name: string,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly Group[]> {
    const { sourceId } = this.source;
    return askEngine('trace.operatorWork', { sourceId, selection, name, limit }, { signal });
  }

  /** Sums by kind, name or track, the most time first. */
  groupsBy(
    by: EngineInput<'trace.groups'>['by'],
    selection: Selection,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly Group[]> {
    const { sourceId } = this.source;
    return askEngine('trace.groups', { sourceId, selection, by, limit }, { signal });
  }

  /** How each device spent a range. */
  deviceRanges(startNs: number, endNs: number, signal: AbortSignal): Promise<readonly DeviceRange[]> {
    const { sourceId } = this.source;
    return askEngine('trace.deviceRanges', { sourceId, startNs, endNs, gaps: 0 }, { signal });
  }

  /** How long the queue of each stream was in a range. */
  queues(startNs: number, endNs: number, signal: AbortSignal): Promise<readonly StreamQueue[]> {
    const { sourceId } = this.source;
    return askEngine('trace.queues', { sourceId, startNs, endNs, parts: 1 }, { signal });
  }

  /** The figures of HolisticTraceAnalysis; null of a trace without work of devices. */
  hta(signal: AbortSignal): Promise<HtaFigures | null> {
    return askEngine('trace.hta', { sourceId: this.source.sourceId }, { signal });
  }

  /** Counts, names and times of all slices whose name or kind matches. `query.bad-pattern` for a bad expression. */
  search(pattern: SearchPattern, bins: number, names: number, signal: AbortSignal): Promise<SearchResult> {
    const input = { sourceId: this.source.sourceId, ...pattern, bins, names, rowsPerTrack: 0 };
    return askEngine('trace.search', input, { signal });
  }

  /** The nearest match from a moment on, or beside a slice; null for none. */
  nearestMatch(
    pattern: SearchPattern,
    from: { readonly fromNs: number; readonly fromRow?: number },
    way: 'next' | 'previous',
  ): Promise<FoundSlice | null> {
    return askEngine('trace.nearestMatch', { sourceId: this.source.sourceId, ...pattern, ...from, way });
  }

  /** Slices whose arguments match, read anew from the source: all are counted, `limit` of them told of. */
  searchArguments(
    pattern: SearchPattern,
    limit: number,
    options: { readonly signal: AbortSignal; readonly onProgress: (progress: EngineProgress) => void },
  ): Promise<ArgumentMatches> {
    return askEngine('trace.searchArguments', { sourceId: this.source.sourceId, ...pattern, limit }, options);
  }

  /** Names by their ids. */
  async namesOf(ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
    const names = ids.length === 0 ? [] : await this.#askNames(ids);
    return new Map(ids.map((id, at) => [id, names[at] ?? '']));
  }

  /** Writes a part of the trace to a place that the user chose. */
  write(
    request: Omit<EngineInput<'trace.write'>, 'sourceId'>,
    options: { readonly signal: AbortSignal; readonly onProgress: (progress: EngineProgress) => void },
  ): Promise<TraceWritten> {
    return askEngine('trace.write', { sourceId: this.source.sourceId, ...request }, options);
  }

  #askNames(ids: readonly number[]): Promise<readonly string[]> {
    return askEngine('trace.names', { sourceId: this.source.sourceId, ids: [...ids] });
  }

  #unreadable(): IterscopeError {
    return new IterscopeError({
      code: 'internal',
      message: `The engine's answer about ${this.source.name} cannot be read; restart Iterscope.`,
    });
  }

  #setState(state: TraceState): void {
    this.state = state;
    this.#onState();
  }
}
