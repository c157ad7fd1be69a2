// SPDX-License-Identifier: Apache-2.0
import { create } from 'zustand';
import type { JobProgress } from '#shared/contract/library.ts';

/** Work of the main process that takes time and can be cancelled, by the name that it was asked under. */

interface Job {
  readonly name: string;
  /** Null until the first word of it. */
  readonly progress: JobProgress | null;
  readonly cancelling: boolean;
}

interface JobsState {
  readonly jobs: readonly Job[];
}

export const useJobs = create<JobsState>(() => ({ jobs: [] }));

export function addJob(): string {
  const name = crypto.randomUUID();
  useJobs.setState(({ jobs }) => ({ jobs: [...jobs, { name, progress: null, cancelling: false }] }));
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
