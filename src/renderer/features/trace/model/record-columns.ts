// SPDX-License-Identifier: Apache-2.0
import { definitions } from './definitions.ts';
import type { IterationRow } from './iteration-rows.ts';
import type { RecordedStep } from './recorded-steps.ts';
import { durationColumn, numberColumn, type TableColumn } from './table-column.ts';

/** What the engine's statistics file says of an iteration, as columns. */

type Of = keyof RecordedStep;
const recorded =
  (of: Of) =>
  (row: IterationRow): number | null =>
    row.recorded?.[of] ?? null;

const duration = (key: string, title: string, definition: string, of: Of, usual = false) =>
  durationColumn<IterationRow>(key, title, definition, recorded(of), { usual });

const count = (key: string, title: string, definition: string, of: Of, usual = false) =>
  numberColumn<IterationRow>(key, title, definition, recorded(of), { usual });

export const recordColumns: readonly TableColumn<IterationRow>[] = [
  duration('statLatency', 'Stats: latency', definitions.statLatency, 'latencyNs'),
  duration('statHost', 'Stats: host', definitions.statHost, 'hostStepNs'),
  duration('statDevice', 'Stats: device', definitions.statDevice, 'deviceStepNs'),
  duration('statForward', 'Stats: forward', definitions.statForward, 'gpuForwardNs'),
  count('statActive', 'Stats: active', definitions.statActive, 'activeRequests', true),
  count('statQueued', 'Stats: queued', definitions.statQueued, 'queuedRequests', true),
  count('statBatch', 'Stats: batch', definitions.statBatch, 'scheduledRequests'),
  count('statCtx', 'Stats: ctx', definitions.statContext, 'contextRequests'),
  count('statCtxTokens', 'Stats: ctx tok.', definitions.statContextTokens, 'contextTokens'),
  count('statGen', 'Stats: gen.', definitions.statGeneration, 'generationRequests'),
  numberColumn('statKv', 'Stats: KV', definitions.statCache, recorded('cacheRatio'), {
    format: 'percent',
    usual: true,
  }),
];
