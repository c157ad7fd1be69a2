// SPDX-License-Identifier: Apache-2.0
import { create } from 'zustand';
import type { JobProgress } from '#shared/contract/library.ts';

/** Work that takes time and can be cancelled, by the name that it was asked under: of the main process, or of a view's own. */

interface Job {
  readonly name: string;
  /** Null until the first word of it. */
  readonly progress: JobProgress | null;
  readonly cancelling: boolean;
  /** Ends work that is not the main process's. */
  readonly cancel?: () => void;
}

interface JobsState {
  readonly jobs: readonly Job[];
}

export const useJobs = create<JobsState>(() => ({ jobs: [] }));

/** Without a way to cancel it the work is the main process's. */
export function addJob(cancel?: () => void): string {
  const name = crypto.randomUUID();
  const job: Job = { name, progress: null, cancelling: false, ...(cancel === undefined ? {} : { cancel }) };
  useJobs.setState(({ jobs }) => ({ jobs: [...jobs, job] }));
  return name;
}

export function removeJob(name: string): void {
  useJobs.setState(({ jobs }) => ({ jobs: jobs.filter((job) => job.name !== name) }));
}

function changeJob(name: string, change: Partial<Job>): void {
  useJobs.setState(({ jobs }) => ({
    jobs: jobs.map((job) => (job.name === name ? { ...job, ...change } : job)),
  }));
}

export function takeJobProgress(progress: JobProgress): void {
  changeJob(progress.job, { progress });
}

export function markJobCancelling(name: string): void {
  changeJob(name, { cancelling: true });
}
