// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { traceRef } from './experts.ts';

/**
 * Parts of a trace as files. Where a file goes is said by a target, which only the main process makes, from a dialog
 * or a command line: the window cannot name a path. A target is used once.
 */

/** A range of time (nanoseconds from the origin) or iterations (both ends included); without either, all of it. */
export const tracePart = z.object({
  startNs: z.number().exactOptional(),
  endNs: z.number().exactOptional(),
  firstIteration: z.int().exactOptional(),
  lastIteration: z.int().exactOptional(),
  /** Number of the trace's first iteration when its markers have none. */
  firstIndex: z.int().min(0).max(1_000_000_000).exactOptional(),
});
export type TracePart = z.infer<typeof tracePart>;

/** What can be written of a trace as a table. */
export const tableNames = ['slices', 'iterations', 'kernels', 'operators'] as const;
export type TableName = (typeof tableNames)[number];

/** `chrome`: a smaller trace that other viewers open; the others are tables. */
export const traceFormats = ['chrome', 'csv', 'parquet'] as const;
export type TraceFormat = (typeof traceFormats)[number];

/** What a file is proposed to be called, without its ending. */
export const traceTarget = z.object({
  name: z.string().regex(/^[\w.-]{1,120}$/),
  format: z.enum(traceFormats),
});

/** A place that the user chose, and what stands for it in `trace.write`. */
export const chosenTarget = z.object({ targetId: z.string(), path: z.string() });

export const exportRequests = {
  /** Of a table, which one: without it, that of slices. Reports progress. */
  'trace.write': traceRef.extend({
    targetId: z.string().max(64),
    format: z.enum(traceFormats),
    table: z.enum(tableNames).exactOptional(),
    part: tracePart,
  }),
} as const;

/** What a written file holds. */
export interface TraceWritten {
  /** Of a table; 0 of a trace. */
  readonly rows: number;
  readonly slices: number;
  readonly instants: number;
  /** Of counters. */
  readonly samples: number;
  /** Arrows whose both ends are in it. */
  readonly flows: number;
  readonly bytes: number;
}

export interface ExportOutputs {
  'trace.write': TraceWritten;
}
