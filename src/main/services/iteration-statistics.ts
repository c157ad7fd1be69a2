// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { IterationRecord, IterationRecords } from '#shared/contract/iteration-record.ts';
import type { IterationSpan } from '#shared/contract/launch.ts';
import type { RunManifest } from '#shared/contract/run.ts';
import { parseIterationRecord, recordNumber } from '../launch/iteration-record.ts';
import type { Library } from './library.ts';
import { LogTail } from './log-tail.ts';

/** What a run's statistics files say of some of its iterations. Files grow with the run: only the asked part is kept. */
export async function iterationRecordsOf(
  library: Library,
  run: RunManifest,
  { first, last }: IterationSpan,
): Promise<IterationRecords> {
  const folder = library.artifactsOf(run.id);
  const files = run.artifacts.filter(
    ({ kind, freedAt }) => kind === 'iteration-statistics' && freedAt === undefined,
  );
  const records: IterationRecord[] = [];
  for (const { path } of files) {
    for await (const lines of new LogTail(join(folder, path)).drain()) {
      for (const line of lines) {
        const number = recordNumber(line);
        // One more on either side: numbers and the device's figures may be one step away from what they describe.
        if (number === null || number < first - 1 || number > last + 1) continue;
        const record = parseIterationRecord(line);
        if (record !== null) records.push(record);
      }
    }
  }
  return { records, consumedShift: consumedShift(run) };
}

/** TensorRT-LLM's overlap scheduler is on unless the parameter that disables it is set; other programs number steps. */
function consumedShift({ form }: RunManifest): 0 | 1 {
  return form.recipeId.startsWith('tensorrt-llm') && form.parameters['overlap'] !== 'true' ? 1 : 0;
}
