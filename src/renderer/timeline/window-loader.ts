// SPDX-License-Identifier: Apache-2.0
import type { WindowTrack, WindowView } from '#shared/trace/window.ts';
import { planOverview, serves, type WindowPlan } from './window-plan.ts';
import type { TimelineTrace, TimeRange } from './types.ts';

/**
 * Keeps one window of a trace (and a coarse one of the whole trace). At most one question is in flight;
 * of those that come up meanwhile only the latest is asked, so a fast hand never builds a queue.
 */

/** An answer with its place in world time. */
export interface LoadedWindow extends WindowPlan {
  readonly view: WindowView;
  readonly tracks: ReadonlyMap<number, WindowTrack>;
}

interface Wanted {
  readonly plan: WindowPlan;
  readonly tracks: readonly number[];
}

const MAX_OVERVIEW_TRACKS = 1024;

const holds = (window: LoadedWindow, tracks: readonly number[]): boolean =>
  tracks.every((id) => window.tracks.has(id));

export class WindowLoader {
  current: LoadedWindow | undefined;
  overview: LoadedWindow | undefined;

  readonly #trace: TimelineTrace;
  readonly #onChange: () => void;
  readonly #abort = new AbortController();
  #wanted: Wanted | undefined;
  #busy = false;

  constructor(trace: TimelineTrace, onChange: () => void) {
    this.#trace = trace;
    this.#onChange = onChange;
  }

  /** Whether what it holds is true of a trace: the same data at the same place in world time. */
  servesTrace({ source, tracks, offsetNs }: TimelineTrace): boolean {
    const own = this.#trace;
    return own.source === source && own.tracks === tracks && own.offsetNs === offsetNs;
  }

  /** True while an answer is awaited. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Says what is looked at now; asks only when what is there does not serve. */
  want(view: TimeRange, plan: WindowPlan, tracks: readonly number[]): void {
    if (tracks.length === 0) return;
    if (this.current !== undefined && serves(this.current, view, plan) && holds(this.current, tracks)) {
      this.#wanted = undefined;
      return;
    }
    this.#wanted = { plan, tracks };
    if (!this.#busy) void this.#run();
  }

  /** Asks for the coarse window once; traces with very many tracks go without. */
  loadOverview(): void {
    const tracks = this.#trace.tracks.filter(({ sliceCount }) => sliceCount > 0).map(({ id }) => id);
    if (tracks.length > MAX_OVERVIEW_TRACKS || this.overview !== undefined) return;
    const { startNs, endNs, offsetNs } = this.#trace;
    const plan = planOverview({ startNs: startNs + offsetNs, endNs: endNs + offsetNs });
    void this.#ask({ plan, tracks }).then((loaded) => {
      this.overview = loaded ?? this.overview;
      this.#onChange();
    });
  }

  dispose(): void {
    this.#wanted = undefined;
    this.#abort.abort();
  }

  async #run(): Promise<void> {
    this.#busy = true;
    for (let next = this.#wanted; next !== undefined; next = this.#wanted) {
      this.#wanted = undefined;
      const loaded = await this.#ask(next);
      if (this.#abort.signal.aborted) break;
      if (loaded === undefined) continue;
      this.current = loaded;
      this.#onChange();
    }
    this.#busy = false;
    this.#onChange();
  }

  async #ask({ plan, tracks }: Wanted): Promise<LoadedWindow | undefined> {
    const { offsetNs, source } = this.#trace;
    const request = {
      startNs: plan.startNs - offsetNs,
      endNs: plan.endNs - offsetNs,
      units: plan.units,
      tracks,
    };
    try {
      const view = await source.window(request, this.#abort.signal);
      return { ...plan, view, tracks: new Map(view.tracks.map((track) => [track.trackId, track])) };
    } catch {
      // A lost engine or a cancelled question: the session says so above the timeline; old pixels stay.
      return undefined;
    }
  }
}
