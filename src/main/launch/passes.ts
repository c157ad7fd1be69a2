// SPDX-License-Identifier: Apache-2.0
import type { LaunchForm } from '#shared/contract/launch.ts';
import type { PassKind, Recipe } from '#shared/contract/recipe.ts';
import type { RecorderKind } from './recorder-words.ts';

/**
 * What was asked, split into passes: loads of the program that each measure time, or hold recorders that do not
 * disturb each other. Flags are read when a program loads its model, so each pass loads it anew.
 */

export interface Pass {
  /** Only `timing`, or recorders that share the pass. */
  readonly kinds: readonly PassKind[];
  readonly title: string;
  /** Why it is a pass of its own, or why recorders share it. */
  readonly why: string;
  /** The form of this pass alone. */
  readonly form: LaunchForm;
}

const titles: Readonly<Record<PassKind, string>> = {
  timing: 'Timing',
  nsight: 'Nsight Systems',
  'torch-trace': 'PyTorch trace',
  'expert-statistics': 'Expert statistics',
};

const alone: Readonly<Record<PassKind, string>> = {
  timing:
    'Measures the program with nothing recorded: every recorder costs time that this figure must not hold.',
  nsight:
    'Nsight Systems and the PyTorch profiler both subscribe to CUPTI, which serves one of them in a process: they need loads of their own.',
  'torch-trace':
    'The PyTorch profiler slows the captured iterations, and cannot share a process with Nsight Systems.',
  'expert-statistics':
    'Counting waits for the GPU in every layer: times of this pass are not those of the program, so nothing else is taken from it.',
};

/** The recorders that a form switches on. */
export function recordersOf(form: LaunchForm): RecorderKind[] {
  const kinds: RecorderKind[] = [];
  if (form.nsight) kinds.push('nsight');
  if (form.torchTrace) kinds.push('torch-trace');
  if (form.expertStatistics) kinds.push('expert-statistics');
  return kinds;
}

/** Whether the recipe lets these recorders share one load of the program. */
export function canShare(recipe: Recipe, kinds: readonly RecorderKind[]): boolean {
  if (kinds.length < 2) return true;
  return recipe.together.some((shared) => kinds.every((kind) => shared.includes(kind)));
}

function grouped(recipe: Recipe, kinds: readonly RecorderKind[]): RecorderKind[][] {
  const groups: RecorderKind[][] = [];
  for (const kind of kinds) {
    const group = groups.find((members) => canShare(recipe, [...members, kind]));
    if (group === undefined) groups.push([kind]);
    else group.push(kind);
  }
  return groups;
}

function recordingPass(form: LaunchForm, kinds: readonly RecorderKind[]): Pass {
  const [first] = kinds;
  return {
    kinds,
    title: kinds.map((kind) => titles[kind]).join(' + '),
    why:
      kinds.length > 1 || first === undefined
        ? 'The recipe lets these share one load of the program. Each costs time in the captured iterations.'
        : alone[first],
    form: {
      ...form,
      timing: false,
      nsight: kinds.includes('nsight'),
      torchTrace: kinds.includes('torch-trace'),
      expertStatistics: kinds.includes('expert-statistics'),
    },
  };
}

/** The passes of a form, in the order in which they run; at least one. */
export function planPasses(recipe: Recipe, form: LaunchForm): Pass[] {
  const groups = grouped(recipe, recordersOf(form));
  const passes = groups.map((kinds) => recordingPass(form, kinds));
  if (!form.timing && passes.length > 0) return passes;
  const timing: Pass = {
    kinds: ['timing'],
    title: titles.timing,
    why: alone.timing,
    form: {
      ...form,
      timing: false,
      nsight: false,
      torchTrace: false,
      expertStatistics: false,
      // A window without a recorder is worth a warning only where the user asked for nothing else.
      window: passes.length === 0 ? form.window : '',
    },
  };
  return [timing, ...passes];
}
