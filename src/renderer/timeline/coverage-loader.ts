// SPDX-License-Identifier: Apache-2.0
import type { CoverageColumn } from '#shared/trace/coverage.ts';
import { groupBy } from './group-by.ts';
import { LatestQuestion } from './latest-question.ts';
import { planWindow, serves, type WindowPlan } from './window-plan.ts';
import type { TimelineTrace, TimeRange } from './types.ts';

/**
 * How busy the closed groups of a trace are in the view, and its devices as a whole.
 */

export interface CoverageGroup {
  readonly key: string;
  readonly tracks: readonly number[];
}

/** An answer with its place in world time. */
export interface LoadedCoverage extends WindowPlan {
  readonly groups: ReadonlyMap<string, readonly CoverageColumn[]>;
}

interface Wanted {
  readonly plan: WindowPlan;
  readonly groups: readonly CoverageGroup[];
}

export const WHOLE = 'whole';
const WHOLE_UNITS = 1024;
const MAX_GROUPS = 64;
/** Two pixels of a unit: the eye does not see a finer share. */
const PX_PER_UNIT = 2;

const idOf = ({ key, tracks }: CoverageGroup): string => `${key}\n${tracks.join()}`;

export class CoverageLoader {
  /** Of the devices together over all of the trace; of its threads where it has no device. */
  whole: LoadedCoverage | undefined;

  readonly #trace: TimelineTrace;
  readonly #onChange: () => void;
  readonly #abort = new AbortController();
  readonly #question: LatestQuestion<Wanted, LoadedCoverage>;

  constructor(trace: TimelineTrace, onChange: () => void) {
    this.#trace = trace;
    this.#onChange = onChange;
    this.#question = new LatestQuestion((wanted) => this.#ask(wanted), onChange);
  }

  get current(): LoadedCoverage | undefined {
    return this.#question.current;
  }

  want(view: TimeRange, widthPx: number, groups: readonly CoverageGroup[]): void {
    if (groups.length === 0) return;
    const plan = planWindow(view, widthPx / PX_PER_UNIT);
    const { current } = this;
    if (current !== undefined && serves(current, view, plan)) {
      if (groups.every((group) => current.groups.has(idOf(group)))) {
        this.#question.settle();
        return;
      }
    }
    this.#question.want({ plan, groups: groups.slice(0, MAX_GROUPS) });
  }

  /** Columns of a group of the last answer, whatever part of the view it covers. */
  columnsOf(group: CoverageGroup): readonly CoverageColumn[] | undefined {
    return this.current?.groups.get(idOf(group));
  }

  async loadWhole(): Promise<void> {
    const { tracks, startNs, endNs, offsetNs } = this.#trace;
    const used = tracks.filter(({ sliceCount }) => sliceCount > 0);
    const devices = used.filter(({ type }) => type === 'gpu-stream');
    const group = {
      key: WHOLE,
      tracks: (devices.length > 0 ? devices : used).map(({ id }) => id).slice(0, 4096),
    };
    const span = Math.max(endNs - startNs, WHOLE_UNITS);
    const plan = {
      startNs: startNs + offsetNs,
      endNs: startNs + offsetNs + span,
      units: WHOLE_UNITS,
      nsPerUnit: span / WHOLE_UNITS,
    };
    const loaded = await this.#ask({ plan, groups: [group] });
    if (loaded === undefined) return;
    this.whole = { ...plan, groups: new Map([[WHOLE, [...loaded.groups.values()].flat()]]) };
    this.#onChange();
  }

  dispose(): void {
    this.#question.dispose();
    this.#abort.abort();
  }

  async #ask({ plan, groups }: Wanted): Promise<LoadedCoverage | undefined> {
    const { offsetNs, source } = this.#trace;
    try {
      const view = await source.coverage(
        {
          startNs: plan.startNs - offsetNs,
          endNs: plan.endNs - offsetNs,
          units: plan.units,
          groups: groups.map(({ tracks }) => tracks),
        },
        this.#abort.signal,
      );
      const byGroup = groupBy(view.columns, ({ group }) => group);
      return { ...plan, groups: new Map(groups.map((group, at) => [idOf(group), byGroup.get(at) ?? []])) };
    } catch {
      // A lost engine or a cancelled question: the session says so above the timeline; old pixels stay.
      return undefined;
    }
  }
}
