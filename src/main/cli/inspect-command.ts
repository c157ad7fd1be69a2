// SPDX-License-Identifier: Apache-2.0
import { toFailure } from '#shared/base/errors.ts';
import type { Services } from '../composition.ts';
import { inspectRanks } from '../services/inspect.ts';
import { inspectionText } from './inspect-text.ts';
import { withProgress } from './progress.ts';
import { remark, say } from './terminal.ts';

export interface InspectOptions {
  readonly json: boolean;
  /** Also what HolisticTraceAnalysis would say; the JSON document always has it. */
  readonly hta: boolean;
}

/** Prints what the files hold; resolves to the exit code: 1 when one of them could not be read. */
export async function inspectFiles(
  services: Services,
  files: readonly string[],
  { json, hta }: InspectOptions,
): Promise<number> {
  let exitCode = 0;
  for (const file of files) {
    try {
      const { sources } = await services.sources.fromPaths([file]);
      for (const source of sources) {
        const inspections = await withProgress(`Reading ${source.name}`, (options) =>
          inspectRanks(services.engine, source, options),
        );
        for (const inspection of inspections) {
          say(json ? JSON.stringify(inspection) : inspectionText(inspection, hta));
        }
      }
    } catch (thrown) {
      exitCode = 1;
      const error = toFailure(thrown);
      if (json) say(JSON.stringify({ file, error }));
      remark(error.message);
    }
  }
  return exitCode;
}
