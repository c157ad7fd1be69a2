// SPDX-License-Identifier: Apache-2.0
import type { Source, SourceSet } from '#shared/contract/app.ts';
import { subscribe } from './bridge.ts';
import { TraceSession, type TraceState } from './trace-session.ts';

/** The traces of a set, opened a few at a time, as one thing that a component can follow. */

const MAX_OPENING = 3;
/** Views that show all traces are rebuilt at most so often while more of them open. */
const SETTLE_MS = 400;

/** An immutable picture of the set; a new one after every change. */
export interface TraceSetSnapshot {
  readonly sessions: readonly TraceSession[];
  readonly states: readonly TraceState[];
}

export class TraceSet {
  #sessions: readonly TraceSession[];
  readonly #listeners = new Set<() => void>();
  readonly #nameListeners = new Set<() => void>();
  #snapshot: TraceSetSnapshot;
  #settled: TraceSetSnapshot;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #endSubscription: (() => void) | undefined;
  #started = false;
  /** Traces are read anew: until they are back, views keep what they show. */
  #renewing = false;

  constructor(set: SourceSet) {
    this.#sessions = set.sources
      .filter(({ kind }) => kind === 'trace')
      .map((source) => this.#session(source));
    this.#snapshot = this.#picture();
    this.#settled = this.#snapshot;
  }

  /** Opens everything; does nothing when it is open. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#endSubscription = subscribe('engine.restarted', () => this.#reopen());
    void this.#openAll(this.#sessions);
  }

  /** Closes everything; `start` opens it again. */
  stop(): void {
    this.#started = false;
    this.#renewing = false;
    clearTimeout(this.#settling);
    this.#settling = undefined;
    this.#endSubscription?.();
    for (const session of this.#sessions) session.close();
    this.#changed();
  }

  /** Opens traces that the user had cancelled, a few at a time. */
  openAgain(sessions: readonly TraceSession[]): void {
    for (const session of sessions) session.renew();
    void this.#openAll(sessions);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): TraceSetSnapshot => this.#snapshot;

  /**
   * A picture that is not replaced while traces only advance, and gathers those that become ready one shortly after the
   * other: progress of one must not rebuild the others. The first trace and the end of all opening show at once.
   */
  readonly getSettled = (): TraceSetSnapshot => this.#settled;

  /** Calls back when names arrived; returns the function that ends it. */
  onNames(listener: () => void): () => void {
    this.#nameListeners.add(listener);
    return () => this.#nameListeners.delete(listener);
  }

  #session(source: Source): TraceSession {
    const session: TraceSession = new TraceSession(
      source,
      () => this.#changed(),
      () => this.#nameListeners.forEach((listener) => listener()),
      (ranks) => this.#split(session, ranks),
    );
    return session;
  }

  /** A file with several ranks becomes several traces. */
  #split(whole: TraceSession, ranks: readonly Source[]): void {
    const parts = ranks.map((source) => this.#session(source));
    this.#sessions = this.#sessions.flatMap((session) => (session === whole ? parts : [session]));
    this.#changed();
    void this.#openAll(parts);
  }

  async #openAll(sessions: readonly TraceSession[]): Promise<void> {
    const waiting = [...sessions];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined && this.#started; next = waiting.shift()) {
        if (next.state.phase === 'opening') await next.open();
      }
    };
    await Promise.all(Array.from({ length: MAX_OPENING }, work));
  }

  #reopen(): void {
    for (const session of this.#sessions) session.close();
    this.#renewing = true;
    this.#changed();
    void this.#openAll(this.#sessions).then(() => {
      this.#renewing = false;
      if (this.#started) this.#changed();
    });
  }

  #changed(): void {
    const before = this.#settled.states;
    this.#snapshot = this.#picture();
    const advanced = ({ phase }: TraceState, at: number): boolean =>
      phase === 'opening' && before[at]?.phase === 'opening';
    const same = this.#snapshot.states.every((state, at) => state === before[at] || advanced(state, at));
    if (!same) this.#settleSoon();
    this.#listeners.forEach((listener) => listener());
  }

  #settleSoon(): void {
    const more = this.#snapshot.states.some(({ phase }) => phase === 'opening');
    if (more && this.#renewing && this.#started) return;
    const isFirst = this.#settled.states.every(({ phase }) => phase !== 'ready');
    if (more && !isFirst && this.#started) {
      this.#settling ??= setTimeout(() => this.#settle(), SETTLE_MS);
      return;
    }
    this.#settle(false);
  }

  #settle(tell = true): void {
    clearTimeout(this.#settling);
    this.#settling = undefined;
    this.#settled = this.#snapshot;
    if (tell) this.#listeners.forEach((listener) => listener());
  }

  #picture(): TraceSetSnapshot {
    return { sessions: this.#sessions, states: this.#sessions.map(({ state }) => state) };
  }
}
