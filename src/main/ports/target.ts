// SPDX-License-Identifier: Apache-2.0
import type { Failure } from '#shared/base/errors.ts';
import type { EndSignal } from '#shared/contract/recipe.ts';
import type { RunExit } from '#shared/contract/run.ts';

/** What is to be started. The environment is complete: nothing is inherited. */
export interface LaunchSpec {
  readonly runFolder: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly stdoutPath: string;
  readonly stderrPath: string;
  /** SIGTERM asks every process of the run, SIGINT the program's own group. */
  readonly endSignal: EndSignal;
  /** Time between the polite signal and the kill. */
  readonly graceMs: number;
  readonly sampleMs: number;
}

export type TargetEvent =
  | { readonly type: 'started'; readonly pid: number }
  | { readonly type: 'sample'; readonly cpuMs: number; readonly rssBytes: number; readonly elapsedMs: number }
  | { readonly type: 'exited'; readonly exit: RunExit }
  /** The program never ran, or what watched it is gone. */
  | { readonly type: 'failed'; readonly failure: Failure };

export interface TargetRun {
  /** Ends the whole process tree: politely, then by force. The end arrives as an event. */
  cancel(): void;
}

/** Where runs happen. Local is the first; containers and remote machines are additions. */
export interface Target {
  readonly kind: 'local';
  /** Throws an IterscopeError when the supervisor itself cannot be started. */
  start(spec: LaunchSpec, onEvent: (event: TargetEvent) => void): TargetRun;
  /**
   * Ends what a dead application left behind, or waits until the run's own supervisor has done so. Resolves when
   * nothing of the run is alive, to how it ended where that was seen.
   */
  endLeftovers(runFolder: string): Promise<RunExit | undefined>;
}
