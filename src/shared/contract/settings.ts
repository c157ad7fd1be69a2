// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { era } from './recipe-parameter.ts';

export const theme = z.enum(['system', 'light', 'dark']);
export type Theme = z.infer<typeof theme>;

/** The user's settings, version 2. Older files are brought up to it when they are read. */
export const settings = z.object({
  version: z.literal(2),
  theme,
  /** The era that a new launcher form starts with; null leaves it to the recipe. */
  era: era.nullable(),
  /** Samples a second of profiled runs; runs without a recorder never get more than one. */
  telemetryHz: z.union([z.literal(1), z.literal(2), z.literal(5), z.literal(10)]),
  /** Tell by the desktop's notifications when a run has ended. */
  notifications: z.boolean(),
  /** What trace stores may take of the disk; the oldest go first. */
  cacheLimitGib: z.int().min(1).max(10_000),
});
export type Settings = z.infer<typeof settings>;

export const settingsState = z.object({
  settings,
  /** What is wrong with the file, and what was done; null when nothing is. */
  problem: z.string().nullable(),
  /** False when the file belongs to a newer Iterscope and is left as it is. */
  writable: z.boolean(),
});
export type SettingsState = z.infer<typeof settingsState>;
