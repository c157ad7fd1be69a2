// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '#shared/contract/launch.ts';
import type { Flag } from '#shared/contract/flags.ts';
import { checkFlags, costlyVariables, environmentRules } from './environment.ts';
import type { PreflightInput } from './facts.ts';
import { gpuRules } from './gpus.ts';
import { machineRules } from './machine.ts';
import { nsightRules } from './nsight.ts';
import { tensorrtLlmRules } from './tensorrt-llm.ts';

const ORDER: readonly Finding['severity'][] = ['error', 'warning', 'note'];

/** Everything that is known to go wrong with such a launch on such a machine, the worst first. */
export function preflight(input: PreflightInput, flags: readonly Flag[]): Finding[] {
  const rules = [
    ...machineRules,
    ...gpuRules,
    ...nsightRules,
    ...tensorrtLlmRules,
    ...environmentRules,
    checkFlags(flags),
    costlyVariables(flags),
  ];
  return rules
    .flatMap((rule) => rule(input))
    .sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}
