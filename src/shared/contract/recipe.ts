// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';

/** A recipe: what can be run, with which parameters, and what it leaves behind. Data, never code. */

const parameterBase = {
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  label: z.string().min(1),
  help: z.string().min(1),
  unit: z.string().optional(),
  /** The command-line option that receives the value. */
  argument: z.string().regex(/^--[a-z][a-z0-9-]*$/),
  /** Rarely changed: shown under "More parameters". */
  advanced: z.boolean().default(false),
};

export const recipeParameter = z.discriminatedUnion('type', [
  z.object({
    ...parameterBase,
    type: z.literal('integer'),
    default: z.int(),
    min: z.int(),
    max: z.int(),
  }),
  z.object({
    ...parameterBase,
    type: z.literal('number'),
    default: z.number(),
    min: z.number(),
    max: z.number(),
  }),
  z.object({
    ...parameterBase,
    type: z.literal('choice'),
    default: z.string(),
    choices: z.array(z.object({ value: z.string(), label: z.string() })).min(1),
  }),
  /** A file that the program reads, by its absolute path; empty leaves the option out. */
  z.object({
    ...parameterBase,
    type: z.literal('path'),
    default: z.literal(''),
  }),
]);
export type RecipeParameter = z.infer<typeof recipeParameter>;

export const artifactKind = z.enum([
  'kineto-trace',
  'expert-statistics',
  'report-json',
  'request-json',
  'iteration-statistics',
  'log',
]);
export type ArtifactKind = z.infer<typeof artifactKind>;

export const era = z.enum(['e1', 'e2', 'e3']);
/** Which TensorRT-LLM behaviour is followed: e1 windows include their last iteration, e2 and e3 do not. */
export type Era = z.infer<typeof era>;

/** SIGTERM reaches every process of a run, SIGINT the program's own group, as Ctrl-C in a terminal does. */
const endSignal = z.enum(['SIGTERM', 'SIGINT']).default('SIGTERM');
export type EndSignal = z.infer<typeof endSignal>;

export const recipe = z.object({
  version: z.literal(1),
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  title: z.string().min(1),
  summary: z.string().min(1),
  /** A program shipped with Iterscope, found by name in the native folder. */
  program: z.object({ kind: z.literal('bundled'), name: z.string().regex(/^[a-z][a-z0-9-]*$/) }),
  parameters: z.array(recipeParameter),
  /** Arguments that every run gets, after those of the parameters. */
  fixedArguments: z.array(z.string()).default([]),
  /** The parameter that holds the era, and what each profiling switch needs. */
  eraParameter: z.string(),
  defaultWindow: z.string(),
  /** The parameter that bounds the iterations, for the check that the window lies inside the run. */
  iterationsParameter: z.string().optional(),
  /** How the program is asked to end: SIGINT, as Ctrl-C, where it finalises only then. */
  endSignal,
  /** Time between asking the program to end and killing it. */
  graceMs: z.int().min(0).max(3_600_000).default(5_000),
  artifacts: z.array(z.object({ kind: artifactKind, pattern: z.string() })),
});
export type Recipe = z.infer<typeof recipe>;
