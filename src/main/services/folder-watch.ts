// SPDX-License-Identifier: Apache-2.0
import { watch, type FSWatcher } from 'node:fs';
import { mkdir } from 'node:fs/promises';

/** Copying a folder in is hundreds of events; they are looked at together. */
const SETTLE_MS = 250;
/** Living runs of another process change inside their folders, which are not watched. */
const LIVING_MS = 2_000;

interface WatchParts {
  readonly folder: string;
  /** Entries whose changes are this process's own. */
  readonly isOurs: (name: string) => boolean;
  /** Looks at the folder; resolves to whether something changed. */
  readonly look: () => Promise<boolean>;
  /** Whether something there goes on changing without an event. */
  readonly isLiving: () => boolean;
  readonly onChange: () => void;
}

/**
 * Watches the entries of one folder, not what is in them: a living run's log would otherwise be an event
 * with every line.
 */
export class FolderWatch {
  readonly #parts: WatchParts;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #seen = 0;

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  /** Counts the events so far; undefined while the folder is not watched. */
  get events(): number | undefined {
    return this.#watcher === undefined ? undefined : this.#seen;
  }

  async start(): Promise<void> {
    const { folder, isOurs, isLiving } = this.#parts;
    try {
      await mkdir(folder, { recursive: true });
      this.#watcher = watch(folder, { persistent: false }, (_event, name) => {
        this.#seen += 1;
        if (name === null || !isOurs(name)) this.#lookIn(SETTLE_MS);
      });
    } catch {
      // What cannot be watched (a network disk, no watches left) is looked at when it is asked for.
      return;
    }
    this.#watcher.on('error', () => {
      this.close();
    });
    if (isLiving()) this.#lookIn(LIVING_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  #lookIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      void this.#look();
    }, ms).unref();
  }

  async #look(): Promise<void> {
    const { look, isLiving, onChange } = this.#parts;
    if (await look()) onChange();
    if (this.#watcher !== undefined && isLiving()) this.#lookIn(LIVING_MS);
  }
}
