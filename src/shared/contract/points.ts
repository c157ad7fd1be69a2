// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { traceRef } from './experts.ts';

/** What a trace holds beside slices: values over time, and moments. Times are nanoseconds from the trace's origin. */

const window = {
  startNs: z.number(),
  endNs: z.number(),
  /** Horizontal resolution of the reply. */
  units: z.int().min(1).max(65_535),
};

export const pointRequests = {
  /** What `viewCounters` reads; unknown counters come back empty. */
  'trace.counterWindow': traceRef.extend({ ...window, counters: z.array(z.int().min(0)).max(4096) }),
  /** In the layout of windows: a mark is one unit wide, and its row is the index of an instant. */
  'trace.instantWindow': traceRef.extend({ ...window, tracks: z.array(z.int().min(0)).max(4096) }),
  'trace.instant': traceRef.extend({ index: z.int().min(0) }),
} as const;

/** A row of values over time; each holds until the next. */
export interface Counter {
  readonly id: number;
  readonly pid: string;
  readonly processName: string;
  /** With the series where a counter has several. */
  readonly name: string;
  /** Empty when the trace does not say. */
  readonly unit: string;
  /** The device whose counter it is; null for those of a process. */
  readonly deviceId: number | null;
  readonly sampleCount: number;
  readonly min: number;
  readonly max: number;
}

/** A moment without length. */
export interface InstantDetails {
  readonly index: number;
  readonly trackId: number;
  readonly name: string;
  readonly category: string;
  readonly kind: string;
  readonly timeNs: number;
  /** The arguments as the file has them: JSON text. */
  readonly argsJson: string | null;
  /** Why its arguments cannot be read, a sentence: the file changed since, or is gone. */
  readonly argsUnreadable: string | null;
}

export interface PointOutputs {
  'trace.counterWindow': ArrayBuffer;
  'trace.instantWindow': ArrayBuffer;
  'trace.instant': InstantDetails;
}
