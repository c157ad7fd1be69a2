// SPDX-License-Identifier: Apache-2.0
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { IterscopeError } from '#shared/base/errors.ts';
import { runExit, type RunExit } from '#shared/contract/run.ts';
import type { Platform } from '../ports/platform.ts';
import type { LaunchSpec, Target, TargetEvent, TargetProbe, TargetRun } from '../ports/target.ts';
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
  readonly #native: NativeModule;
  readonly #platform: Platform;

  constructor(native: NativeModule, platform: Platform) {
    this.#native = native;
    this.#platform = platform;
  }

  commandOf({ program, args }: LaunchSpec): { program: string; args: readonly string[] } {
    return { program, args };
  }

  async probe(): Promise<TargetProbe> {
    const path = this.#supervisor;
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return { versions: {}, problem: undefined };
    const message = `The supervisor ${path} is missing or may not be executed. Build the native parts again.`;
    return { versions: {}, problem: { code: 'launch.supervisor-missing', message, path } };
  }

  /** Programs write straight into the folders of their runs. */
  async fetch(): Promise<void> {
    await Promise.resolve();
  }

  start(spec: LaunchSpec, onEvent: (event: TargetEvent) => void): TargetRun {
    try {
      const handle = this.#native.startRun(
        {
          supervisorPath: this.#supervisor,
          runDir: spec.processFolder,
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

  async endLeftovers({
    processFolder,
  }: Pick<LaunchSpec, 'name' | 'processFolder'>): Promise<RunExit | undefined> {
    try {
      while ((await this.#native.endJournalled(processFolder)).supervised) {
        await setTimeout(SUPERVISOR_POLL_MS, undefined, { ref: false });
      }
    } catch (thrown) {
      throw new IterscopeError(nativeFailure(thrown), { cause: thrown });
    }
    return journalledExit(processFolder);
  }

  get #supervisor(): string {
    return join(this.#platform.nativeFolder, this.#platform.programFile('supervisor'));
  }
}
