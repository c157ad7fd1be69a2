// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';

/**
 * One line of the engine's statistics file (trtllm-bench's `--iteration_log`). Which step it describes follows from when
 * the engine gave it its number: `built` with the step's own; `consumed` by whoever took it, which under an overlap
 * scheduler is one too high.
 */
export const iterationRecord = z.object({
  /** The number as written. */
  number: z.int(),
  numbered: z.enum(['built', 'consumed']),
  /** The rank whose scheduler it describes. */
  rank: z.int(),
  /** Spans about two loops under overlap and pipeline schedulers. */
  latencyMs: z.number().optional(),
  hostStepMs: z.number().optional(),
  /** Of the step before the one that the rest describes. */
  previousDeviceStepMs: z.number().optional(),
  /** Of the same batch as the rest. */
  gpuForwardMs: z.number().optional(),
  activeRequests: z.int().optional(),
  queuedRequests: z.int().optional(),
  scheduledRequests: z.int().optional(),
  contextRequests: z.int().optional(),
  contextTokens: z.int().optional(),
  generationRequests: z.int().optional(),
  /** Blocks of the KV cache in use over all, 0..1. */
  cacheRatio: z.number().optional(),
});
export type IterationRecord = z.infer<typeof iterationRecord>;

/** Records of a part of a run. */
export const iterationRecords = z.object({
  records: z.array(iterationRecord),
  /** How much higher than its step a record is numbered by whoever consumes it, where the batches do not tell. */
  consumedShift: z.union([z.literal(0), z.literal(1)]),
});
export type IterationRecords = z.infer<typeof iterationRecords>;
