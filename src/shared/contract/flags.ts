// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { era } from './recipe-parameter.ts';

/** The catalogue of flags: variables and profiler options that are known, and what they do. */

export const flag = z.object({
  kind: z.enum(['variable', 'option']),
  name: z.string().min(1),
  /** Of which program. */
  of: z.enum(['TensorRT-LLM', 'CUDA', 'Nsight Systems', 'vLLM', 'SGLang']),
  type: z.enum(['boolean', 'integer', 'number', 'text', 'path', 'choice']),
  choices: z.array(z.string()).optional(),
  /** As the program has it; empty where it is not set. */
  default: z.string(),
  eras: z.array(era).min(1).optional(),
  effect: z.string().min(1),
  cost: z.string().optional(),
  conflicts: z.array(z.string()).default([]),
  readBy: z.string().min(1),
  /** Whether workers that MPI spawns are handed it. */
  forwarded: z.enum(['yes', 'not assured', 'not needed']),
  /** The part of the launcher's form that sets it. */
  setBy: z.string().optional(),
});
export type Flag = z.infer<typeof flag>;

export const flagFile = z.object({ version: z.literal(1), flags: z.array(flag) });
