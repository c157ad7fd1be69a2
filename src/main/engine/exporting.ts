// SPDX-License-Identifier: Apache-2.0
import { IterscopeError } from '#shared/base/errors.ts';
import type { TraceWritten } from '#shared/contract/exporting.ts';
import type { EngineHandlers } from './handlers.ts';
import type { Native, NativeModule } from './native.ts';
import { columnsOf, rowCount } from './tables.ts';
import type { TraceSessions } from './traces.ts';

/** Writes parts of open traces to places that the main process named. */
export class TraceExports {
  readonly #native: NativeModule;
  readonly #targets = new Map<string, string>();

  constructor(native: NativeModule) {
    this.#native = native;
  }

  /** A place for one file. */
  register(targetId: string, path: string): void {
    this.#targets.set(targetId, path);
  }

  handlers(traces: TraceSessions): EngineHandlers<'trace.write'> {
    return {
      'trace.write': async (source, { targetId, format, table = 'slices', part }, context) => {
        const handle = await traces.handle(source);
        const path = this.#take(targetId);
        if (format !== 'chrome' && table !== 'slices')
          return this.#writeTable(await columnsOf(handle, table, part), format, path);
        const { signal, onProgress } = context;
        // A share is told as of a million: progress counts bytes elsewhere.
        const tell = (share: number): void => {
          onProgress({ bytesDone: Math.round(share * 1e6), bytesTotal: 1e6, slices: 0, note: 'Writing' });
        };
        const written = await handle.write(format, part, path, tell, traces.tokenOf(signal));
        return { ...written, rows: format === 'chrome' ? 0 : written.slices };
      },
    };
  }

  async #writeTable(
    columns: Native.TableColumn[],
    format: 'csv' | 'parquet',
    path: string,
  ): Promise<TraceWritten> {
    const bytes = await this.#native.writeTable(format, columns, path);
    return { rows: rowCount(columns), slices: 0, instants: 0, samples: 0, flows: 0, bytes };
  }

  #take(targetId: string): string {
    const path = this.#targets.get(targetId);
    this.#targets.delete(targetId);
    if (path !== undefined) return path;
    const message = 'This file was not chosen by a dialog or a command: choose where to write it again.';
    throw new IterscopeError({ code: 'source.unknown', message });
  }
}
