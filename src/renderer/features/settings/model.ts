// SPDX-License-Identifier: Apache-2.0
import type { AppInfo } from '#shared/contract/app.ts';

const MOST_GIB = 10_000;

/** What is wrong with a typed limit; null when it can be used. */
export function cacheLimitProblem(text: string): string | null {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= MOST_GIB) return null;
  return `Give a whole number of GiB from 1 to ${MOST_GIB.toString()}; the limit stays as it was until then.`;
}

/** Versions and runtime, in the order in which a bug report needs them. */
export function infoRows(info: AppInfo): readonly (readonly [label: string, value: string])[] {
  return [
    ['Iterscope', info.version],
    ['Native module', info.native],
    ['Store format', info.storeFormat],
    ['Electron', info.electron],
    ['Chromium', info.chrome],
    ['Node.js', info.node],
    ['System', info.os],
    ['Platform', info.platform],
    ['Runs and data', info.folders.data],
  ];
}

/** The same as text, to be pasted. */
export function infoText(info: AppInfo): string {
  return infoRows(info)
    .map(([label, value]) => `${label}: ${value}`)
    .join('\n');
}
