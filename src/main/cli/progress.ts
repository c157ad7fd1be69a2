// SPDX-License-Identifier: Apache-2.0
import type { EngineCallOptions } from '../ports/engine.ts';
import { clearLine, showLine } from './terminal.ts';

/**
 * Work that shows how far it is on one line of a terminal (nothing where the output is not one) and ends
 * early, with an error that says so, when the user interrupts it.
 */
export async function withProgress<T>(
  title: string,
  work: (options: Required<EngineCallOptions>) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const interrupt = (): void => {
    abort.abort();
  };
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    return await work({
      signal: abort.signal,
      onProgress: ({ bytesDone, bytesTotal }) => {
        const percent = bytesTotal > 0 ? ` ${Math.floor((100 * bytesDone) / bytesTotal).toString()} %` : '';
        showLine(`${title}${percent}`);
      },
    });
  } finally {
    clearLine();
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', interrupt);
  }
}
