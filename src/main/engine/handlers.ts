// SPDX-License-Identifier: Apache-2.0
import type { Source } from '#shared/contract/app.ts';
import type { EngineInput, EngineMethod, EngineOutputs, EngineProgress } from '#shared/contract/engine.ts';

/** What a question may use beside its input. */
export interface CallContext {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: EngineProgress) => void;
}

/** The functions that answer some of the questions. */
export type EngineHandlers<Methods extends EngineMethod> = {
  [M in Methods]: (source: Source, input: EngineInput<M>, context: CallContext) => Promise<EngineOutputs[M]>;
};
