// SPDX-License-Identifier: Apache-2.0
import type { CoverageColumn } from '#shared/trace/coverage.ts';
import { CoverageLoader, type CoverageGroup, type LoadedCoverage } from './coverage-loader.ts';
import { WindowLoader } from './window-loader.ts';
import { planWindow, type WindowPlan } from './window-plan.ts';
import type { Camera } from './camera.ts';
import type { HeaderRow } from './rows.ts';
import type { TraceWindows } from './scene.ts';
import type { TimelineTrace } from './types.ts';

/** What is loaded of each trace, by its place among the traces. */

interface Loaders {
  readonly windows: WindowLoader;
  readonly coverage: CoverageLoader;
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
      loaders.windows.dispose();
      loaders.coverage.dispose();
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
    const groups = this.#loaders.map((): CoverageGroup[] => []);
    for (const row of [...camera.pinnedRows(), ...camera.visibleRows(camera.plotHeight / 2)]) {
      if (row.type === 'track') tracks[row.traceIndex]?.push(row.track.id);
      else if (row.collapsed) groups[row.traceIndex]?.push(groupOf(row));
    }
    this.#loaders.forEach(({ windows, coverage }, at) => {
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
    return { windows, coverage };
  }

  #windowCame(): void {
    this.#onChange();
    if (!this.#loaders.some(({ windows }) => windows.busy)) this.#onSettled();
  }
}
