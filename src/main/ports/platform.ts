// SPDX-License-Identifier: Apache-2.0

/** Only differences and ratios of these mean something. */
export interface ProcessorTimes {
  readonly all: number;
  readonly busy: number;
}

/** Everything that differs between operating systems, in one place. */
export interface Platform {
  /** Runs and recipes of the user. */
  readonly dataFolder: string;
  /** Trace stores: may be deleted at any time. */
  readonly cacheFolder: string;
  readonly configFolder: string;
  /** Files shipped with the application. */
  readonly assetsFolder: string;
  /** Programs and the native module shipped with the application. */
  readonly nativeFolder: string;
  readonly host: {
    readonly os: string;
    readonly cpu: string;
    readonly cores: number;
    readonly memoryBytes: number;
  };
  /** Time that all processors have spent since the machine started, and how much of it busy; in one unit of the system's. */
  processorTimes(): ProcessorTimes;
  /** Names the running instance of a process across reuse of its number; null when it is not running. */
  processIdentity(pid: number): string | null;
  /** File name of a shipped program. */
  programFile(name: string): string;
}

/** What the engine process is told of the platform. */
export type EngineFolders = Pick<Platform, 'nativeFolder' | 'cacheFolder' | 'configFolder'>;
