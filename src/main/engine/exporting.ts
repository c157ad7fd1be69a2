// SPDX-License-Identifier: Apache-2.0
import { IterscopeError } from '#shared/base/errors.ts';
import type { EngineHandlers } from './handlers.ts';
import type { TraceSessions } from './traces.ts';

/** Writes parts of open traces to places that the main process named. */
export class TraceExports {
  readonly #targets = new Map<string, string>();

  /** A place for one file. */
  register(targetId: string, path: string): void {
    this.#targets.set(targetId, path);
  }

  handlers(traces: TraceSessions): EngineHandlers<'trace.write'> {
    return {
      'trace.write': async (source, { targetId, format, part }, { signal, onProgress }) => {
        const handle = await traces.handle(source);
        const path = this.#take(targetId);
        const token = traces.tokenOf(signal);
        // A share is told as of a million: progress counts bytes elsewhere.
        const tell = (share: number): void => {
          onProgress({ bytesDone: Math.round(share * 1e6), bytesTotal: 1e6, slices: 0, note: 'Writing' });
        };
        return handle.write(format, part, path, tell, token);
      },
    };
  }

  #take(targetId: string): string {
    const path = this.#targets.get(targetId);
    this.#targets.delete(targetId);
    if (path !== undefined) return path;
    const message = 'This file was not chosen by a dialog or a command: choose where to write it again.';
    throw new IterscopeError({ code: 'source.unknown', message });
  }
}
