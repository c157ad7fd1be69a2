// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { condition, recipeName, recipeParameter, variableName } from './recipe-parameter.ts';

/**
 * A recipe: what can be run, in which steps, with which parameters, and what it leaves behind. Data, never
 * code. `{name}` in a template stands for that parameter's value; what else it may stand for, each field says.
 */

export const artifactKind = z.enum([
  'kineto-trace',
  'nsys-report',
  'expert-statistics',
  'report-json',
  'request-json',
  'iteration-statistics',
  'benchmark-json',
  'dataset',
  'options',
  'log',
]);
export type ArtifactKind = z.infer<typeof artifactKind>;

/** SIGTERM reaches every process of a run, SIGINT the program's own group, as Ctrl-C in a terminal does. */
const endSignal = z.enum(['SIGTERM', 'SIGINT']).default('SIGTERM');
export type EndSignal = z.infer<typeof endSignal>;

/** Time between asking a program to end and killing it. */
const graceMs = z.int().min(0).max(3_600_000).default(5_000);

export const passKind = z.enum(['timing', 'nsight', 'torch-trace', 'expert-statistics']);
/** What one load of the program is for: nothing but time, or one recorder. */
export type PassKind = z.infer<typeof passKind>;

const stepArgument = z.union([
  /** One argument, a template. `{assets}` is the folder of what ships with Iterscope, `{folder}` that of the run's files. */
  z.string(),
  /** Of each of these parameters its option and value, where it has a value. */
  z.object({ parameters: z.array(recipeName).min(1) }),
  /** The words of a text parameter, split and unquoted as a shell would, nothing expanded. */
  z.object({ words: recipeName }),
  /** Templates that are given only when the condition holds, or, with `unless`, when it does not. */
  z.object({ when: condition, and: condition.optional(), args: z.array(z.string()).min(1) }),
  z.object({ unless: condition, args: z.array(z.string()).min(1) }),
  /** The option and path of the recipe's merged YAML file, where there is one. */
  z.object({ options: z.literal('yaml') }),
]);
export type StepArgument = z.infer<typeof stepArgument>;

const ruleBase = {
  name: recipeName,
  /** A text that every line in question holds: lines without it are not looked at further. */
  contains: z.string().min(1).optional(),
};
/** A regular expression as RE2 writes it: matched in linear time, with named groups. */
const pattern = z.string().min(1).max(1_000);

/** What a line of a step's output, whichever of the two, says. */
export const logRule = z.discriminatedUnion('means', [
  /** Iteration lines of TensorRT-LLM, in every era's form. */
  z.object({ ...ruleBase, means: z.literal('iteration'), format: z.literal('tensorrt-llm') }),
  /** Groups `done` and, where it is said, `total`. */
  z.object({ ...ruleBase, means: z.literal('progress'), pattern, label: z.string().min(1) }),
  /** Group `value`; the last line that matches counts. */
  z.object({ ...ruleBase, means: z.literal('figure'), pattern, label: z.string().min(1), unit: z.string() }),
  /** Something that happened. `text` may hold `{group}`. */
  z.object({ ...ruleBase, means: z.literal('marker'), pattern, text: z.string().min(1) }),
  /** Why the program fails, and what to do. `text` may hold `{group}`. */
  z.object({ ...ruleBase, means: z.literal('failure'), pattern, text: z.string().min(1) }),
]);
export type LogRule = z.infer<typeof logRule>;

export const recipeProgram = z.discriminatedUnion('kind', [
  /** Shipped with Iterscope, found by name in the native folder. */
  z.object({ kind: z.literal('bundled'), name: recipeName }),
  /** By absolute path, or by name in the folders of PATH. A template. Never a shell's line. */
  z.object({ kind: z.literal('named'), name: z.string().min(1).max(4096) }),
]);

const assignment = z.object({ name: variableName, value: z.string() });

/** An address over HTTP. `host` and `port` are templates. */
const address = z.object({
  host: z.string().min(1).default('127.0.0.1'),
  port: z.string().min(1),
  path: z.string().startsWith('/').default('/health'),
  timeoutMs: z
    .int()
    .min(1_000)
    .max(24 * 3_600_000)
    .default(1_800_000),
});

/** What a program fills while it loads, and reads again when it loads the next time. */
const programCache = z.object({
  /** What tells the program where it is. */
  variable: variableName,
  title: z.string().min(1),
  /** A plain name; the program makes the file or folder itself. */
  file: z.string().regex(/^[A-Za-z0-9_][\w.-]{0,127}$/, 'must be a plain name'),
  /** Where the program keeps it without the variable, in the user's home; absent where it then keeps none. */
  home: z
    .string()
    .regex(/^[\w.-]+(\/[\w.-]+)*$/)
    .optional(),
});
export type ProgramCache = z.infer<typeof programCache>;

export const recipeStep = z.object({
  name: recipeName,
  title: z.string().min(1),
  /** `prepare` runs to its end first; `serve` is started, awaited, and ended when the load is done; `load` is the work. */
  role: z.enum(['prepare', 'serve', 'load']),
  program: recipeProgram,
  args: z.array(stepArgument).default([]),
  /** Of this step only; values are templates, and an empty one leaves the variable out. */
  environment: z.array(assignment).default([]),
  /** The step is left out unless this holds. */
  when: condition.optional(),
  /** It is there for a recorder: left out where that is off. Its templates may hold what those of recorders may. */
  recorder: passKind.optional(),
  /** When a server answers this with a status below 400, it is ready. */
  ready: address.optional(),
  /** A server that somebody else runs: the step begins when it answers. */
  awaits: address.extend({ when: condition.optional() }).optional(),
  /** How the program is asked to end: SIGINT, as Ctrl-C, where it finalises only then. */
  endSignal,
  graceMs,
  log: z.array(logRule).default([]),
});
export type RecipeStep = z.infer<typeof recipeStep>;

/**
 * How the program is told to record. Templates may hold `{start-stop}` (the windows as the era's
 * TLLM_PROFILE_START_STOP), `{first}`, `{last}`, `{stop}` (last + 1) and `{count}` of the window; conditions may ask
 * `windowed`, which is `true` where there is one.
 */
const recorder = z.object({
  /** Given to every step but those that prepare. */
  environment: z.array(assignment.extend({ when: condition.optional() })).default([]),
  /** What has to hold so that it can record, and in words why: "needs a server of its own". */
  needs: condition.extend({ words: z.string().min(1) }).optional(),
  /** Further arguments, by step. */
  args: z.record(recipeName, z.array(stepArgument)).default({}),
  /** Whether an iteration window says what is recorded, or all of the load is; `optional` leaves it to the form. */
  window: z.enum(['iterations', 'all', 'optional']).default('iterations'),
});
export type Recorder = z.infer<typeof recorder>;

export const recipe = z.object({
  version: z.literal(2),
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  title: z.string().min(1),
  summary: z.string().min(1),
  /** Its place among recipes, smallest first. */
  order: z.int().min(0).default(100),
  /** The programs that it needs installed, and how to get them, for the page that offers it. */
  needs: z.string().optional(),
  parameters: z.array(recipeParameter),
  /** In order; at least one of them is the load. */
  steps: z.array(recipeStep).min(1).max(16),
  /** The step whose process is profiled; the server where there is one, else the load. */
  profiledStep: recipeName.optional(),
  /** The load whose command stands for the run; the first load where none is named. */
  mainStep: recipeName.optional(),
  /** The file that collects parameters with a YAML key, over the user's own file (a path parameter). */
  yaml: z
    .object({
      argument: z.string().startsWith('-'),
      /** A plain name: the file is written into the run's own folder. */
      file: z.string().regex(/^[A-Za-z0-9_][\w.-]{0,127}$/, 'must be the plain name of a file'),
      base: recipeName.optional(),
    })
    .optional(),
  /** The parameter that holds the era, for programs that follow TensorRT-LLM. */
  eraParameter: recipeName.optional(),
  defaultWindow: z.string().default(''),
  /** The parameter that bounds the iterations, for the check that the window lies inside the run. */
  iterationsParameter: recipeName.optional(),
  /** What it can be run for. */
  passes: z.array(passKind).min(1),
  /** Recorders that can share one load of the program. */
  together: z.array(z.array(passKind).min(2)).default([]),
  recorders: z
    .object({
      nsight: recorder.optional(),
      'torch-trace': recorder.optional(),
      'expert-statistics': recorder.optional(),
      'perfect-router': recorder.optional(),
    })
    .default({}),
  artifacts: z.array(z.object({ kind: artifactKind, pattern: z.string() })),
  /** What passes of a comparison share, so that each does not pay for it anew. */
  caches: z.array(programCache).max(16).default([]),
});
export type Recipe = z.infer<typeof recipe>;
