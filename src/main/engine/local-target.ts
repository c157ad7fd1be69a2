// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { IterscopeError } from '#shared/base/errors.ts';
import { runExit } from '#shared/contract/run.ts';
import type { Platform } from '../ports/platform.ts';
import type { LaunchSpec, Target, TargetEvent, TargetRun } from '../ports/target.ts';
import { z } from 'zod';
import { nativeFailure } from './native.ts';
import type { NativeModule } from './native.ts';

/** What a dead application left had its chance to end by itself. */
const GRACE_MS = 2_000;

const supervisorEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('started'), pid: z.int() }),
  z.object({ event: z.literal('sample'), elapsedMs: z.number(), cpuMs: z.number(), rssBytes: z.number() }),
  z.object({ event: z.literal('ending') }),
  runExit.extend({ event: z.literal('exited') }),
  z.object({ event: z.literal('failed'), code: z.string(), message: z.string() }),
]);

function toTargetEvent(json: string): TargetEvent | null {
  const event = supervisorEvent.parse(JSON.parse(json));
  switch (event.event) {
    case 'started':
      return { type: 'started', pid: event.pid };
    case 'sample':
      return { type: 'sample', cpuMs: event.cpuMs, rssBytes: event.rssBytes, elapsedMs: event.elapsedMs };
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
          interruptSignal: 'SIGTERM',
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

  async endLeftovers(runFolder: string): Promise<number> {
    return this.#native.endJournalled(runFolder, GRACE_MS);
  }
}
