// SPDX-License-Identifier: Apache-2.0
import type { Source } from '#shared/contract/app.ts';
import type { EngineInput, EngineMethod, EngineOutputs, EngineProgress } from '#shared/contract/engine.ts';

export interface EngineCallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EngineProgress) => void;
}

/** The process that reads traces and expert statistics. Its death loses a view, never a run. */
export interface Engine {
  /** Makes a source known; only known sources can be opened. Resolves when the engine knows it. */
  register(source: Source): Promise<void>;
  /** Names a place for one file that `trace.write` writes; resolves to the id that stands for it. */
  registerTarget(path: string): Promise<string>;
  /** Rejects with an IterscopeError. */
  call<M extends EngineMethod>(
    method: M,
    input: EngineInput<M>,
    options?: EngineCallOptions,
  ): Promise<EngineOutputs[M]>;
  close(): void;
}

/** A process that runs the engine, however it was started. */
export interface EngineProcess {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onExit(listener: (reason: string) => void): void;
  kill(): void;
}
