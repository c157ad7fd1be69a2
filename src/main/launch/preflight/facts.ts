// SPDX-License-Identifier: Apache-2.0
import type { Finding, FormChange, LaunchForm } from '#shared/contract/launch.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import type { Era } from '#shared/contract/recipe-parameter.ts';
import type { GpuReport } from '../../ports/gpus.ts';
import type { Pass } from '../passes.ts';
import type { PlannedStep } from '../steps.ts';

/** What was found on the machine where a launch will happen. What could not be found out is null. */

export interface NsysFacts {
  readonly program: string;
  /** Such as 2023.4.4.54. */
  readonly version: string;
  /** Text of `nsys profile --help`. */
  readonly help: string | null;
  /** Whether it can make a report of what it recorded; null where that cannot be told. */
  readonly imports: boolean | null;
}

/** Each feature is looked for on its own in the installed Python source: versions do not change all at once. */
export interface TensorrtLlmFacts {
  readonly folder: string;
  readonly version: string | null;
  /** Whose window rules the source follows. */
  readonly era: Era | null;
  /** Ranks write trace files of their own. */
  readonly traceOfRank: boolean;
  readonly logRanks: boolean;
  readonly httpProfile: boolean;
  readonly recordGc: boolean;
  readonly perfectRouter: 'every-model' | 'gpt-oss' | null;
  readonly datasetCommand: string | null;
}

export interface ModelFacts {
  readonly architecture: string | null;
  readonly experts: number | null;
  /** How its router scores experts, such as sigmoid. */
  readonly scoring: string | null;
  /** Its experts are chosen by groups. */
  readonly grouped: boolean;
}

export interface LaunchFacts {
  /** False where the launch happens in a container: its files are not these. */
  readonly sameFiles: boolean;
  /** Where programs are, by the name or path that steps use. */
  readonly programs: ReadonlyMap<string, string | null>;
  readonly paths: ReadonlyMap<string, 'file' | 'folder' | 'missing' | 'unreadable'>;
  readonly diskFreeBytes: number | null;
  readonly gpus: GpuReport;
  /** Whether nothing listens there. */
  readonly ports: ReadonlyMap<number, boolean>;
  /** One that is free, for a fix. */
  readonly freePort: number | null;
  readonly nsys: NsysFacts | null;
  /** Version of the CUDA runtime in the program's Python, such as 13.0. */
  readonly cudaRuntime: string | null;
  /** Only administrators may read the GPU's counters. */
  readonly countersRestricted: boolean | null;
  readonly isAdministrator: boolean;
  readonly tensorrtLlm: TensorrtLlmFacts | null;
  readonly model: ModelFacts | null;
  /** Slots for experts in the file of their placement. */
  readonly placementSlots: number | null;
  /** The application's own environment. */
  readonly inherited: ReadonlyMap<string, string>;
}

export interface PreflightInput {
  readonly recipe: Recipe;
  readonly form: LaunchForm;
  readonly passes: readonly Pass[];
  /** Of all passes. */
  readonly steps: readonly PlannedStep[];
  /** Of all parameters, as texts; empty where one is left out. */
  readonly values: ReadonlyMap<string, string>;
  readonly era: Era;
  /** Bytes that all passes will leave, by earlier runs. */
  readonly expectedBytes: number | null;
  /** Iterations that an earlier run of the same load took; null where there is none. */
  readonly seenIterations: number | null;
  /** What the user's own options file holds. */
  readonly optionsText: string;
  readonly facts: LaunchFacts;
}

export type Rule = (input: PreflightInput) => Finding[];

/** A fix sets form values; nothing else can be done from a button. */
export function finding(
  severity: Finding['severity'],
  code: string,
  message: string,
  more: { field?: string | undefined; fix?: { label: string; change: FormChange } | undefined } = {},
): Finding {
  return {
    severity,
    code,
    message,
    ...(more.field === undefined ? {} : { field: more.field }),
    ...(more.fix === undefined ? {} : { fix: more.fix }),
  };
}

export const setParameter = (label: string, name: string, value: string) => ({
  label,
  change: { parameters: { [name]: value } } satisfies FormChange,
});

/** Whether TensorRT-LLM itself is run, and not a program that imitates it. */
export function runsTensorrtLlm({ recipe }: Pick<PreflightInput, 'recipe'>): boolean {
  return recipe.id.startsWith('tensorrt-llm');
}

export const records = ({ passes }: Pick<PreflightInput, 'passes'>, kind: string): boolean =>
  passes.some(({ kinds }) => kinds.some((known) => known === kind));

/** Whether several tokens may come out of one iteration, and what says so. */
export function speculation({ steps, optionsText }: PreflightInput): string | null {
  const given = /^\s*["']?speculative_config["']?\s*:([^\n#]*)/m.exec(optionsText)?.[1]?.trim();
  if (given !== undefined && given !== 'null' && given !== '~')
    return 'speculative_config in the options file';
  return steps.flatMap(({ args }) => args).find((arg) => /^--(speculative|medusa_choices)/.test(arg)) ?? null;
}

/** GPUs that the form asks for. */
export function worldSize(values: ReadonlyMap<string, string>): number {
  const size = (name: string): number => Number(values.get(name) ?? '') || 1;
  return size('tp') * size('pp') * size('dp');
}
