// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';

/** The outputs of a run as lines: pages of them, and searches over all. Lines count from 0 within what is shown. */

export const logStream = z.enum(['stdout', 'stderr']);
export type LogStream = z.infer<typeof logStream>;

export const logShow = z.enum(['both', 'stdout', 'stderr']);
export type LogShow = z.infer<typeof logShow>;

/** Lines of one page at most. */
export const MOST_PAGE_LINES = 10_000;

/** Which program's output: a step's where a run has several. */
export const logStep = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/)
  .optional();

export const logPageRequest = z.object({
  step: logStep,
  show: logShow,
  /** The first line wanted; null for the last ones. */
  from: z.int().min(0).nullable(),
  lines: z.int().min(0).max(MOST_PAGE_LINES),
});
export type LogPageRequest = z.infer<typeof logPageRequest>;

export const logPart = z.object({ stream: logStream, lines: z.array(z.string()) });
export type LogPart = z.infer<typeof logPart>;

export const logPage = z.object({
  from: z.int(),
  /** The lines from there on, in parts of one stream each. Fewer than asked where they are very long. */
  parts: z.array(logPart),
  /** Lines of what is shown, and of the error output alone, by now. */
  total: z.int(),
  errorTotal: z.int(),
  /** What follows the last whole line of a stream; nothing once the run has ended. */
  tails: z.array(z.object({ stream: logStream, text: z.string() })),
  /** Nothing more will come. */
  ended: z.boolean(),
});
export type LogPage = z.infer<typeof logPage>;

export const logSearchRequest = z.object({
  step: logStep,
  show: logShow,
  text: z.string().min(1).max(1000),
  matchCase: z.boolean(),
});
export type LogSearchRequest = z.infer<typeof logSearchRequest>;

export const logMatches = z.object({
  /** Numbers of the lines that hold the text, ascending; the first 100,000 of them. */
  lines: z.array(z.int()),
  /** All lines that hold it. */
  count: z.int(),
});
export type LogMatches = z.infer<typeof logMatches>;
