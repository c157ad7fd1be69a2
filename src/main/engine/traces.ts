// SPDX-License-Identifier: Apache-2.0
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { IterscopeError } from '#shared/base/errors.ts';
import type { Source } from '#shared/contract/app.ts';
import type { EngineProgress, OpenedTrace } from '#shared/contract/engine.ts';
import { storeName, storesFolder } from '../ports/stores.ts';
import { firstAnswers } from './kept-answers.ts';
import { nativeFailure } from './native.ts';
import { readablePath } from './report-export.ts';
import type { Native, NativeModule } from './native.ts';

/**
 * Open traces, by source. Each file is read once into a store in the cache; opening it again maps the
 * store. Askers of one file share its reading, which ends early only when all of them have cancelled.
 */

interface ReadTrace {
  readonly opened: OpenedTrace;
  readonly handle: Native.TraceHandle;
  readonly iterations: readonly Native.Iteration[];
}

interface Opening {
  readonly result: Promise<ReadTrace>;
  readonly abort: AbortController;
  readonly listeners: Set<(progress: EngineProgress) => void>;
  waiting: number;
  progress?: EngineProgress;
}

/** Codes after which the store is made again from its source. */
const REBUILD = new Set(['store.stale', 'store.damaged', 'store.version', 'trace.not-found']);

/** The user's own step markers, in the configuration folder; without it the built-in rules apply. */
const STEP_MARKERS_FILE = 'step-markers.json';

export interface EnginePlaces {
  readonly cacheFolder: string;
  readonly configFolder: string;
  /** Which build of the native module answers. */
  readonly build: string;
}

export class TraceSessions {
  readonly #native: NativeModule;
  readonly #build: string;
  readonly #storeRoot: string;
  readonly #stepMarkersFile: string;
  readonly #openings = new Map<string, Opening>();

  constructor(native: NativeModule, { cacheFolder, configFolder, build }: EnginePlaces) {
    this.#native = native;
    this.#build = build;
    this.#stepMarkersFile = join(configFolder, STEP_MARKERS_FILE);
    this.#storeRoot = storesFolder(cacheFolder);
  }

  async open(
    source: Source,
    signal: AbortSignal,
    onProgress: (progress: EngineProgress) => void,
  ): Promise<OpenedTrace> {
    const opening = this.#openings.get(source.sourceId) ?? this.#begin(source);
    opening.waiting += 1;
    opening.listeners.add(onProgress);
    if (opening.progress !== undefined) onProgress(opening.progress);
    const { promise: aborted, end } = abortion(signal);
    try {
      const { opened } = await Promise.race([opening.result, aborted]);
      return opened;
    } finally {
      end();
      opening.listeners.delete(onProgress);
      opening.waiting -= 1;
      if (signal.aborted && opening.waiting === 0) opening.abort.abort();
    }
  }

  /** The processes of a report that worked on devices, as sources of their own, when there are several. */
  async ranks(
    source: Source,
    signal: AbortSignal,
    onProgress: (progress: EngineProgress) => void,
  ): Promise<readonly Source[]> {
    if (source.process !== undefined) return [];
    try {
      const path = await this.#readable(source, signal, onProgress);
      const found = await this.#native.rankProcesses(path, this.tokenOf(signal));
      if (found.length < 2) return [];
      return found.map(({ pid, name }, rank) => ({
        ...source,
        sourceId: `${source.sourceId}#${pid}`,
        name: `${source.name} · ${name === '' ? 'process' : name} ${pid}`,
        rank,
        process: pid,
      }));
    } catch (thrown) {
      throw new IterscopeError(nativeFailure(thrown), { cause: thrown });
    }
  }

  /** The handle of an open trace. */
  async handle(source: Source): Promise<Native.TraceHandle> {
    const opening = this.#openings.get(source.sourceId);
    if (opening === undefined) {
      throw new IterscopeError({
        code: 'source.unknown',
        message: `${source.name} is not open: open it first.`,
        path: source.path,
      });
    }
    return (await opening.result).handle;
  }

  /** Those without a number in their marker count from `firstIndex`. */
  async iterations(source: Source, firstIndex: number | undefined): Promise<readonly Native.Iteration[]> {
    const handle = await this.handle(source);
    if (firstIndex !== undefined) return handle.iterations(firstIndex);
    return (await this.#openings.get(source.sourceId)?.result)?.iterations ?? handle.iterations();
  }

  close(source: Source): void {
    this.#openings.delete(source.sourceId);
  }

  #begin(source: Source): Opening {
    const abort = new AbortController();
    const listeners = new Set<(progress: EngineProgress) => void>();
    const opening: Opening = {
      abort,
      listeners,
      waiting: 0,
      result: this.#read(source, abort.signal, (progress) => {
        opening.progress = progress;
        for (const listener of listeners) listener(progress);
      }),
    };
    this.#openings.set(source.sourceId, opening);
    // A failed or cancelled reading is forgotten, so that asking again tries again.
    opening.result.catch(() => {
      if (this.#openings.get(source.sourceId) === opening) this.#openings.delete(source.sourceId);
    });
    return opening;
  }

  async #read(
    source: Source,
    signal: AbortSignal,
    onProgress: (progress: EngineProgress) => void,
  ): Promise<ReadTrace> {
    try {
      const info = await stat(source.path).catch(() => undefined);
      const path = await this.#readable(source, signal, onProgress);
      const storePath = join(this.#storeRoot, storeName(source.path, source.process));
      const handle =
        (await this.#reopen(storePath, path)) ??
        (await this.#ingest(storePath, { ...source, path }, signal, onProgress));
      const version = `${this.#build}\n${(await this.#stepMarkers()) ?? ''}`;
      const [{ summary, iterations }, tracks, counters] = await Promise.all([
        firstAnswers(handle, storePath, version),
        handle.tracks(),
        handle.counters(),
      ]);
      const opened: OpenedTrace = {
        sourceId: source.sourceId,
        path: source.path,
        fileBytes: info?.size ?? 0,
        summary: toSummary(summary),
        tracks,
        counters,
      };
      return { opened, handle, iterations };
    } catch (thrown) {
      throw new IterscopeError(nativeFailure(thrown), { cause: thrown });
    }
  }

  async #reopen(storePath: string, sourcePath: string): Promise<Native.TraceHandle | null> {
    const present = await stat(storePath).catch(() => undefined);
    if (present === undefined) return null;
    try {
      return await this.#native.openTrace(storePath, sourcePath, await this.#stepMarkers());
    } catch (thrown) {
      if (REBUILD.has(nativeFailure(thrown).code)) return null;
      throw thrown;
    }
  }

  /** Read anew with every opening, so that a change needs no restart. */
  async #stepMarkers(): Promise<string | null> {
    return readFile(this.#stepMarkersFile, 'utf8').catch(() => null);
  }

  async #ingest(
    storePath: string,
    { path, process }: Source,
    signal: AbortSignal,
    onProgress: (progress: EngineProgress) => void,
  ): Promise<Native.TraceHandle> {
    await this.#native.ingestTrace(path, storePath, onProgress, this.tokenOf(signal), process);
    return this.#native.openTrace(storePath, path, await this.#stepMarkers());
  }

  /** What the native module can read of a source: reports are exported first. */
  #readable(
    { path }: Source,
    signal: AbortSignal,
    onProgress: (progress: EngineProgress) => void,
  ): Promise<string> {
    const searchPath = process.env['PATH'] ?? '';
    return readablePath(path, this.#storeRoot, { signal, onProgress, searchPath });
  }

  /** A token of the native module that follows a signal. */
  tokenOf(signal: AbortSignal): Native.CancelToken {
    const token = new this.#native.CancelToken();
    const cancel = (): void => {
      token.cancel();
    };
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true });
    return token;
  }
}

/** Ids of the processes of a report are its own id and the process's number. */
const PROCESS_ID = /^(.+)#(\d{1,9})$/;

/** Report and process of an id; null when it names a whole file. */
export function splitProcess(
  sourceId: string,
): { readonly sourceId: string; readonly process: number } | null {
  const [, whole, process] = PROCESS_ID.exec(sourceId) ?? [];
  return whole === undefined ? null : { sourceId: whole, process: Number(process) };
}

function abortion(signal: AbortSignal): { promise: Promise<never>; end: () => void } {
  let listener: () => void = () => undefined;
  const promise = new Promise<never>((_resolve, reject) => {
    listener = () => {
      reject(new IterscopeError({ code: 'request.cancelled', message: 'Cancelled.' }));
    };
    if (signal.aborted) listener();
    else signal.addEventListener('abort', listener, { once: true });
  });
  promise.catch(() => undefined);
  return {
    promise,
    end: () => {
      signal.removeEventListener('abort', listener);
    },
  };
}

function toSummary({ span, ...summary }: Native.TraceSummary): OpenedTrace['summary'] {
  return { ...summary, ...span };
}
