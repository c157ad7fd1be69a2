// SPDX-License-Identifier: Apache-2.0
import { toFailure, type Failure } from '#shared/base/errors.ts';
import type { RunExit } from '#shared/contract/run.ts';
import type { PlannedStep } from '../../launch/steps.ts';
import type { LaunchSpec, Target, TargetRun } from '../../ports/target.ts';
import type { TreeSample } from '../telemetry.ts';

/** How the program of a step ended; a failure where it never ran or nobody saw its end. */
export interface StepEnd {
  readonly exit?: RunExit;
  readonly failure?: Failure;
}

export interface ProcessListener {
  started(step: PlannedStep): void;
  sampled(step: PlannedStep, sample: TreeSample): void;
  ended(step: PlannedStep, end: StepEnd): void;
}

/** One program of a run, under a supervisor of its own. */
export class StepProcess {
  readonly step: PlannedStep;
  /** Resolves when nothing of it is alive; never rejects. */
  readonly ended: Promise<StepEnd>;
  #run: TargetRun | undefined;

  constructor(target: Target, step: PlannedStep, spec: LaunchSpec, listener: ProcessListener) {
    this.step = step;
    this.ended = new Promise((resolve) => {
      const end = (ending: StepEnd): void => {
        listener.ended(step, ending);
        resolve(ending);
      };
      try {
        this.#run = target.start(spec, (event) => {
          if (event.type === 'started') listener.started(step);
          else if (event.type === 'sample') listener.sampled(step, event);
          else if (event.type === 'exited') end({ exit: event.exit });
          else end({ failure: event.failure });
        });
      } catch (thrown) {
        end({ failure: toFailure(thrown) });
      }
    });
  }

  /** Asks for the end of it; that it has come, `ended` tells. */
  cancel(): void {
    this.#run?.cancel();
  }
}
