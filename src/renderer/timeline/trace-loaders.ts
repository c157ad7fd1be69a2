// SPDX-License-Identifier: Apache-2.0
import type { CoverageColumn } from '#shared/trace/coverage.ts';
import { CounterLoader, type LoadedCounters } from './counter-loader.ts';
import { CoverageLoader, type CoverageGroup, type LoadedCoverage } from './coverage-loader.ts';
import { WindowLoader, type LoadedWindow } from './window-loader.ts';
import { planWindow, type WindowPlan } from './window-plan.ts';
import type { Camera } from './camera.ts';
import type { HeaderRow } from './rows.ts';
import type { TraceWindows } from './scene.ts';
import type { TimelineTrace } from './types.ts';

/** What is loaded of each trace, by its place among the traces. */

interface Loaders {
  readonly windows: WindowLoader;
  readonly coverage: CoverageLoader;
  readonly counters: CounterLoader;
  readonly instants: WindowLoader;
}

const NOTHING: TraceWindows = { current: undefined, overview: undefined };
const groupOf = ({ key, workIds }: HeaderRow): CoverageGroup => ({ key, tracks: workIds });

export class TraceLoaders {
  #loaders: readonly Loaders[] = [];
  readonly #onChange: () => void;
  /** No answer is awaited any more. */
  readonly #onSettled: () => void;

  constructor(onChange: () => void, onSettled: () => void) {
    this.#onChange = onChange;
    this.#onSettled = onSettled;
  }

  /** Traces that are already shown keep what they have. */
  setTraces(traces: readonly TimelineTrace[]): void {
    const before = this.#loaders;
    const kept = traces.map((trace) => before.find(({ windows }) => windows.servesTrace(trace)));
    for (const loaders of before) {
      if (kept.includes(loaders)) continue;
      Object.values(loaders).forEach((loader: { dispose: () => void }) => loader.dispose());
    }
    this.#loaders = traces.map((trace, at) => kept[at] ?? this.#make(trace));
  }

  get windows(): readonly TraceWindows[] {
    return this.#loaders.map(({ windows }) => windows);
  }

  get wholes(): readonly (LoadedCoverage | undefined)[] {
    return this.#loaders.map(({ coverage }) => coverage.whole);
  }

  windowsOf(traceIndex: number): TraceWindows {
    return this.#loaders[traceIndex]?.windows ?? NOTHING;
  }

  countersOf(traceIndex: number): LoadedCounters | undefined {
    return this.#loaders[traceIndex]?.counters.current;
  }

  instantsOf(traceIndex: number): LoadedWindow | undefined {
    return this.#loaders[traceIndex]?.instants.current;
  }

  coverageOf(
    row: HeaderRow,
  ): { readonly columns: readonly CoverageColumn[]; readonly plan: WindowPlan } | undefined {
    const coverage = this.#loaders[row.traceIndex]?.coverage;
    const columns = coverage?.columnsOf(groupOf(row));
    return coverage?.current === undefined || columns === undefined
      ? undefined
      : { columns, plan: coverage.current };
  }

  /** Asks for whatever the view needs and is not there. */
  want(camera: Camera): void {
    const plan = planWindow(camera.view, camera.plotWidth);
    const tracks = this.#loaders.map((): number[] => []);
    const instants = this.#loaders.map((): number[] => []);
    const counters = this.#loaders.map((): number[] => []);
    const groups = this.#loaders.map((): CoverageGroup[] => []);
    for (const row of [...camera.pinnedRows(), ...camera.visibleRows(camera.plotHeight / 2)]) {
      const at = row.traceIndex;
      if (row.type === 'track') tracks[at]?.push(row.track.id);
      if (row.type === 'track' && row.track.instantCount > 0) instants[at]?.push(row.track.id);
      if (row.type === 'counter') counters[at]?.push(row.counter.id);
      if (row.type === 'header' && row.collapsed && row.trackIds.length > 0)
        groups[row.traceIndex]?.push(groupOf(row));
    }
    this.#loaders.forEach(({ windows, coverage, ...points }, at) => {
      points.instants.want(camera.view, plan, instants[at] ?? []);
      points.counters.want(camera.view, plan, counters[at] ?? []);
      windows.want(camera.view, plan, tracks[at] ?? []);
      coverage.want(camera.view, camera.plotWidth, groups[at] ?? []);
    });
  }

  dispose(): void {
    this.setTraces([]);
  }

  #make(trace: TimelineTrace): Loaders {
    const windows = new WindowLoader(trace, () => this.#windowCame());
    const coverage = new CoverageLoader(trace, () => this.#onChange());
    windows.loadOverview();
    void coverage.loadWhole();
    const counters = new CounterLoader(trace, () => this.#onChange());
    const instants = new WindowLoader(trace, () => this.#onChange(), 'instantWindow');
    return { windows, coverage, counters, instants };
  }

  #windowCame(): void {
    this.#onChange();
    if (!this.#loaders.some(({ windows }) => windows.busy)) this.#onSettled();
  }
}
