// SPDX-License-Identifier: Apache-2.0
import { formatDurationNs } from '#shared/base/units.ts';
import type { TimeRange } from './types.ts';

/** Up to two moments that the user marked; a third takes the place of the older one. */
export class Marks {
  moments: readonly number[] = [];
  readonly #onChange: (said: string) => void;

  constructor(onChange: (said: string) => void) {
    this.#onChange = onChange;
  }

  /** From the earlier mark to the later; undefined without two. */
  get range(): TimeRange | undefined {
    const [first, second] = this.moments;
    if (first === undefined || second === undefined || first === second) return undefined;
    return { startNs: Math.min(first, second), endNs: Math.max(first, second) };
  }

  add(atNs: number): void {
    this.moments = [...this.moments, atNs].slice(-2);
    this.#onChange(this.#describe());
  }

  clear(): void {
    this.moments = [];
    this.#onChange('Marks cleared');
  }

  #describe(): string {
    const [first = 0, second] = this.moments;
    if (second === undefined) return `Mark A at ${formatDurationNs(first)}`;
    return `Mark B at ${formatDurationNs(second)}, ${formatDurationNs(Math.abs(second - first))} from mark A`;
  }
}
