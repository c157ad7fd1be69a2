// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';

/** What a user can set of a recipe, and how the program gets it. */

export const era = z.enum(['e1', 'e2', 'e3']);
/** Which TensorRT-LLM behaviour is followed: e1 windows include their last iteration, e2 and e3 do not. */
export type Era = z.infer<typeof era>;

export const recipeName = z.string().regex(/^[a-z][a-z0-9-]*$/);
export const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/);

/** Holds when the parameter has one of these values. */
export const condition = z.object({ parameter: recipeName, is: z.array(z.string()).min(1) });

const parameterBase = {
  name: recipeName,
  label: z.string().min(1),
  help: z.string().min(1),
  unit: z.string().optional(),
  /** The heading under which it stands in the form. */
  group: z.string().min(1).optional(),
  /** Rarely changed: shown under "More parameters". */
  advanced: z.boolean().default(false),
  /** Eras whose program knows it; absent means all. In others it is left out. */
  eras: z.array(era).min(1).optional(),
  /** Left out, and not shown, unless this holds. */
  when: condition.optional(),
  /**
   * How the program gets the value: as a command-line option, a variable, or a key (`a.b`) of the recipe's YAML
   * file. With none of them it only fills `{name}` in arguments. An empty value leaves all of them out.
   */
  argument: z
    .string()
    .regex(/^--?[A-Za-z][\w-]*$/)
    .optional(),
  variable: variableName.optional(),
  yaml: z
    .string()
    .regex(/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/)
    .optional(),
};

/** An empty default leaves the value to the program. */
const unset = z.literal('');

export const recipeParameter = z.discriminatedUnion('type', [
  z.object({
    ...parameterBase,
    type: z.literal('integer'),
    default: z.union([z.int(), unset]),
    min: z.int(),
    max: z.int(),
  }),
  z.object({
    ...parameterBase,
    type: z.literal('number'),
    default: z.union([z.number(), unset]),
    min: z.number(),
    max: z.number(),
  }),
  z.object({
    ...parameterBase,
    type: z.literal('choice'),
    default: z.string(),
    choices: z.array(z.object({ value: z.string(), label: z.string() })).min(1),
  }),
  /** A file or folder that the program reads, by its absolute path. */
  z.object({
    ...parameterBase,
    type: z.literal('path'),
    default: z.string().default(''),
    of: z.enum(['file', 'folder', 'either']).default('either'),
    required: z.boolean().default(false),
  }),
  z.object({
    ...parameterBase,
    type: z.literal('text'),
    default: z.string().default(''),
    required: z.boolean().default(false),
    /** What the whole text must match, as RE2 writes it, and that in words. */
    format: z.object({ pattern: z.string(), words: z.string().min(1) }).optional(),
  }),
  /** In forms `true` or `false`. As an argument: the bare option, or `--no-…` where `off` says so; as a variable: `1`, or none. */
  z.object({
    ...parameterBase,
    type: z.literal('boolean'),
    default: z.boolean(),
    off: z
      .string()
      .regex(/^--[a-z][\w-]*$/)
      .optional(),
  }),
]);
export type RecipeParameter = z.infer<typeof recipeParameter>;
