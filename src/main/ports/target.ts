// SPDX-License-Identifier: Apache-2.0
import type { Failure } from '#shared/base/errors.ts';
import type { EndSignal } from '#shared/contract/recipe.ts';
import type { RunExit } from '#shared/contract/run.ts';
import type { LaunchTarget } from '#shared/contract/target.ts';

/** What is to be started. */
export interface LaunchSpec {
  /** Names the process within all runs: letters, digits, dots, dashes. */
  readonly name: string;
  /** Existing folder that belongs to this process alone: its supervisor's journal is kept there. */
  readonly processFolder: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Complete: nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  /** Names in `environment` that the run itself sets; the rest comes from where Iterscope runs. */
  readonly ownVariables: readonly string[];
  /** Folders that the program needs besides `cwd`, to be read only. */
  readonly needs: readonly string[];
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

export interface TargetProbe {
  /** What the target is, by name and version. */
  readonly versions: Readonly<Record<string, string>>;
  /** Why nothing can be started there. */
  readonly problem: Failure | undefined;
}

/** Where programs run. Machines that are reached over a network are additions behind the same methods. */
export interface Target {
  /** What the target would execute for a program: for the manifest and for showing it. */
  commandOf(spec: LaunchSpec): { readonly program: string; readonly args: readonly string[] };
  probe(): Promise<TargetProbe>;
  /** Throws an IterscopeError when the supervisor itself cannot be started. */
  start(spec: LaunchSpec, onEvent: (event: TargetEvent) => void): TargetRun;
  /** Brings what programs wrote to their working folder into the folder of the same path on this machine. */
  fetch(folder: string): Promise<void>;
  /**
   * Ends what a dead application left behind, or waits until the process's own supervisor has done so. Resolves when
   * nothing of it is alive, to how it ended where that was seen.
   */
  endLeftovers(process: Pick<LaunchSpec, 'name' | 'processFolder'>): Promise<RunExit | undefined>;
}

/** The target that a user stated. */
export type TargetOf = (target: LaunchTarget) => Target;
