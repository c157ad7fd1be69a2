// SPDX-License-Identifier: Apache-2.0
import type { LaunchPlan } from './plan.ts';
import { RUN_FOLDER } from './run-folder.ts';
import type { PlannedStep } from './steps.ts';

/** A plan for a run whose folder is known. */
export function inFolder(plan: LaunchPlan, folder: string): LaunchPlan {
  const placed = (text: string): string => text.replaceAll(RUN_FOLDER, folder);
  const place = (step: PlannedStep): PlannedStep => ({
    ...step,
    args: step.args.map(placed),
    environment: step.environment.map((entry) => ({ ...entry, value: placed(entry.value) })),
  });
  const steps = plan.steps.map(place);
  return {
    ...plan,
    steps,
    main: steps.find(({ name }) => name === plan.main.name) ?? plan.main,
    environment: plan.environment.map((entry) => ({ ...entry, value: placed(entry.value) })),
  };
}
