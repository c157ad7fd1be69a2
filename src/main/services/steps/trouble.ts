// SPDX-License-Identifier: Apache-2.0
import { basename } from 'node:path';
import type { Failure } from '#shared/base/errors.ts';
import type { LaunchTarget } from '#shared/contract/target.ts';
import { endedWell, exitFailure, lastWords } from '../run-end.ts';
import { urlOf } from './server-health.ts';
import type { StepsOutcome } from './step-runner.ts';

/** Why a run of steps did not end as it should have, in a sentence. */

export interface TroubleParts {
  readonly target: LaunchTarget;
  readonly stdoutPath: string;
  readonly stderrPath: string;
  /** What the step's own rules found in its outputs. */
  readonly reason: string | undefined;
}

/** Undefined where the run ended as it should have. */
export async function outcomeFailure(
  { step, end, trouble }: StepsOutcome,
  parts: TroubleParts,
): Promise<Failure | undefined> {
  const asked = step.ready ?? step.awaits ?? { host: '', port: 0, path: '', timeoutMs: 0 };
  const { host, port, timeoutMs } = asked;
  const address = urlOf(asked);
  if (trouble === 'port-taken') {
    const message = `Port ${port.toString()} of ${host} is in use by another program, so "${step.title}" was not started: end that program or choose another port.`;
    return { code: 'run.port-taken', message };
  }
  const within = `${(timeoutMs / 1000).toString()} s`;
  if (trouble === 'absent') {
    const message = `No server answered ${address} within ${within}, so "${step.title}" was not started: start the server, or correct host and port.`;
    return { code: 'run.server-not-ready', message };
  }
  if (trouble === 'not-ready') {
    const message = `"${step.title}" did not answer ${address} within ${within} and was ended. ${await lastWords(parts)} Check the address, or allow it more time.`;
    return { code: 'run.server-not-ready', message, path: parts.stderrPath };
  }
  if (end.failure !== undefined) return end.failure;
  const { exit } = end;
  if (exit === undefined || (trouble === undefined && endedWell(exit))) return undefined;
  const failure = await exitFailure(exit, basename(step.wraps ?? step.program), parts);
  if (trouble === undefined || exit.endedBy !== 'program') return failure;
  const when = trouble === 'died-before-ready' ? `before it answered ${address}` : 'while the load still ran';
  return {
    ...failure,
    code: 'run.server-died',
    message: `"${step.title}" ended ${when}: ${failure.message}`,
  };
}
