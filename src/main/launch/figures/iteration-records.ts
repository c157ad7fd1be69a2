// SPDX-License-Identifier: Apache-2.0
import type { ReportedFigure } from '#shared/contract/run.ts';
import { recordedNumbers } from '../iteration-record.ts';
import { figure } from './names.ts';

/** What `--iteration_log` says over all iterations: takes the lines one after the other, keeps only what the figures need. */
export class IterationRecords {
  #records = 0;
  #mostCacheRatio: number | undefined;
  #mostQueued: number | undefined;
  #activeSum = 0;
  #activeCount = 0;

  take(line: string): void {
    const pairs = recordedNumbers(line);
    if (!pairs.has('iter')) return;
    this.#records += 1;
    const used = pairs.get('usedNumBlocks');
    const most = pairs.get('maxNumBlocks');
    if (used !== undefined && most !== undefined && most > 0) {
      this.#mostCacheRatio = Math.max(this.#mostCacheRatio ?? 0, used / most);
    }
    const queued = pairs.get('numQueuedRequests');
    if (queued !== undefined) this.#mostQueued = Math.max(this.#mostQueued ?? 0, queued);
    const active = pairs.get('numActiveRequests');
    if (active === undefined) return;
    this.#activeSum += active;
    this.#activeCount += 1;
  }

  figures(): ReportedFigure[] {
    const active = this.#activeCount === 0 ? undefined : this.#activeSum / this.#activeCount;
    return [
      ...figure('Iterations recorded', this.#records === 0 ? undefined : this.#records, 'iterations'),
      ...figure('KV cache used at most', this.#mostCacheRatio, 'ratio'),
      ...figure('Requests queued at most', this.#mostQueued, 'requests'),
      ...figure('Requests active on average', active, 'requests'),
    ];
  }
}
