// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { IterscopeError } from '#shared/base/errors.ts';
import { runExit, type RunExit } from '#shared/contract/run.ts';
import type { Platform } from '../ports/platform.ts';
import type { LaunchSpec, Target, TargetEvent, TargetRun } from '../ports/target.ts';
import { z } from 'zod';
import { exitedEvent, journalledExit } from './journal.ts';
import { nativeFailure } from './native.ts';
import type { NativeModule } from './native.ts';

/** How often a supervisor that outlived its application is looked at. */
const SUPERVISOR_POLL_MS = 100;

const supervisorEvent = z.discriminatedUnion('event', [
  z.object({ event: z.enum(['starting', 'died', 'ending']) }),
  z.object({ event: z.literal('started'), pid: z.int() }),
  z.object({ event: z.literal('sample'), elapsedMs: z.number(), cpuMs: z.number(), rssBytes: z.number() }),
  exitedEvent,
  z.object({ event: z.literal('failed'), code: z.string(), message: z.string() }),
]);

/** What this side has no use for is null. */
function toTargetEvent(json: string): TargetEvent | null {
  const event = supervisorEvent.parse(JSON.parse(json));
  switch (event.event) {
    case 'started':
      return { type: 'started', pid: event.pid };
    case 'sample':
      return { type: 'sample', cpuMs: event.cpuMs, rssBytes: event.rssBytes, elapsedMs: event.elapsedMs };
    case 'starting':
    case 'died':
    case 'ending':
      return null;
    case 'exited':
      return { type: 'exited', exit: runExit.parse(event) };
    case 'failed':
      return { type: 'failed', failure: nativeFailure(new Error(json)) };
  }
}

/** Runs on this machine, each under a supervisor of its own. */
export class LocalTarget implements Target {
  readonly kind = 'local';
  readonly #native: NativeModule;
  readonly #platform: Platform;

  constructor(native: NativeModule, platform: Platform) {
    this.#native = native;
    this.#platform = platform;
  }

  start(spec: LaunchSpec, onEvent: (event: TargetEvent) => void): TargetRun {
    const supervisorPath = join(this.#platform.nativeFolder, this.#platform.programFile('supervisor'));
    try {
      const handle = this.#native.startRun(
        {
          supervisorPath,
          runDir: spec.runFolder,
          program: spec.program,
          args: [...spec.args],
          cwd: spec.cwd,
          env: Object.entries(spec.environment),
          stdoutPath: spec.stdoutPath,
          stderrPath: spec.stderrPath,
          graceMs: spec.graceMs,
          sampleMs: spec.sampleMs,
          endSignal: spec.endSignal,
        },
        (json) => {
          const event = toTargetEvent(json);
          if (event !== null) onEvent(event);
        },
      );
      return {
        cancel: () => {
          handle.cancel();
        },
      };
    } catch (thrown) {
      throw new IterscopeError(nativeFailure(thrown), { cause: thrown });
    }
  }

  async endLeftovers(runFolder: string): Promise<RunExit | undefined> {
    try {
      while ((await this.#native.endJournalled(runFolder)).supervised) await setTimeout(SUPERVISOR_POLL_MS);
    } catch (thrown) {
      throw new IterscopeError(nativeFailure(thrown), { cause: thrown });
    }
    return journalledExit(runFolder);
  }
}
