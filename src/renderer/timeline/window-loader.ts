// SPDX-License-Identifier: Apache-2.0
import type { WindowTrack, WindowView } from '#shared/trace/window.ts';
import { LatestQuestion } from './latest-question.ts';
import { planOverview, serves, type WindowPlan } from './window-plan.ts';
import type { TimelineTrace, TimeRange } from './types.ts';

/**
 * Keeps one window of a trace's slices or instants, and a coarse one of the whole trace.
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
  overview: LoadedWindow | undefined;

  readonly #trace: TimelineTrace;
  readonly #of: 'window' | 'instantWindow';
  readonly #onChange: () => void;
  readonly #abort = new AbortController();
  readonly #question: LatestQuestion<Wanted, LoadedWindow>;

  constructor(trace: TimelineTrace, onChange: () => void, of: 'window' | 'instantWindow' = 'window') {
    this.#trace = trace;
    this.#of = of;
    this.#onChange = onChange;
    this.#question = new LatestQuestion((wanted) => this.#ask(wanted), onChange);
  }

  get current(): LoadedWindow | undefined {
    return this.#question.current;
  }

  /** Whether what it holds is true of a trace: the same data at the same place in world time. */
  servesTrace({ source, tracks, offsetNs }: TimelineTrace): boolean {
    const own = this.#trace;
    return own.source === source && own.tracks === tracks && own.offsetNs === offsetNs;
  }

  /** True while an answer is awaited. */
  get busy(): boolean {
    return this.#question.busy;
  }

  /** Says what is looked at now; asks only when what is there does not serve. */
  want(view: TimeRange, plan: WindowPlan, tracks: readonly number[]): void {
    if (tracks.length === 0) return;
    if (this.current !== undefined && serves(this.current, view, plan) && holds(this.current, tracks)) {
      this.#question.settle();
      return;
    }
    this.#question.want({ plan, tracks });
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
    this.#question.dispose();
    this.#abort.abort();
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
      const view = await source[this.#of](request, this.#abort.signal);
      return { ...plan, view, tracks: new Map(view.tracks.map((track) => [track.trackId, track])) };
    } catch {
      // A lost engine or a cancelled question: the session says so above the timeline; old pixels stay.
      return undefined;
    }
  }
}
