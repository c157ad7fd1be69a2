// SPDX-License-Identifier: Apache-2.0
import type { PassKind } from '#shared/contract/recipe.ts';

/** What recorders are called, and where in the form they are switched. */

export type RecorderKind = Exclude<PassKind, 'timing'>;

export const recorderWords: Readonly<Record<RecorderKind, string>> = {
  nsight: 'An Nsight Systems report',
  'torch-trace': 'A PyTorch-profiler trace',
  'expert-statistics': 'Recording expert statistics',
};

export const recorderFields = {
  nsight: 'nsight',
  'torch-trace': 'torchTrace',
  'expert-statistics': 'expertStatistics',
} as const satisfies Record<RecorderKind, string>;
