// SPDX-License-Identifier: Apache-2.0
import { mkdir } from 'node:fs/promises';
import { IterscopeError } from '#shared/base/errors.ts';
import type { RunManifest, RunStep } from '#shared/contract/run.ts';
import type { LaunchPlan } from '../../launch/plan.ts';
import { neededFolders, type PlannedStep } from '../../launch/steps.ts';
import type { Platform } from '../../ports/platform.ts';
import type { LaunchSpec, Target } from '../../ports/target.ts';
import type { Library } from '../library.ts';
import type { LogService } from '../logs.ts';
import type { RunMonitor } from '../run-monitor.ts';
import type { TreeSample } from '../telemetry.ts';
import { StepRunner, type StepsListener, type StepsOutcome } from './step-runner.ts';
import type { StepEnd } from './step-process.ts';

/** Finds the Nsight Systems of this machine by a PATH; null where there is none. */
export type FindNsys = (searchPath: string) => Promise<{ readonly program: string } | null>;

export interface RunStepsParts {
  readonly library: Library;
  readonly platform: Platform;
  readonly target: Target;
  readonly logs: LogService;
  readonly findNsys: FindNsys;
  readonly monitor: RunMonitor;
  readonly manifest: RunManifest;
  readonly plan: LaunchPlan;
  /** What every step inherits. */
  readonly inherited: Readonly<Record<string, string>>;
  readonly sampleMs: number;
  /** The first program runs. */
  readonly onStarted: () => void;
  readonly onSteps: (steps: RunStep[]) => void;
  readonly onSample: (sample: TreeSample) => void;
}

/** The records of a run's steps before any has begun; undefined for a run of one step, which is its own record. */
export function plannedRecords({ steps }: LaunchPlan): RunStep[] | undefined {
  if (steps.length < 2) return undefined;
  return steps.map(({ name, title, role, program, args }) => ({
    name,
    title,
    role,
    command: { program, args: [...args] },
    state: 'waiting',
    figures: [],
  }));
}

/** The steps of one run as they happen: where their outputs go, what they use, and what is on record of them. */
export class RunSteps implements StepsListener {
  readonly #parts: RunStepsParts;
  readonly #runner: StepRunner;
  readonly #startedAtMs = performance.now();
  readonly #usage = new Map<string, { cpuMs: number; rssBytes: number }>();
  #records: RunStep[] | undefined;

  constructor(parts: RunStepsParts) {
    this.#parts = parts;
    this.#records = parts.manifest.steps;
    this.#runner = new StepRunner({
      target: parts.target,
      steps: parts.plan.steps,
      specOf: (step) => this.#specOf(step),
      listener: this,
    });
  }

  async run(): Promise<StepsOutcome | undefined> {
    const { logs, manifest, plan } = this.#parts;
    // Also of those that wait: whoever looks at them sees what comes.
    for (const step of plan.steps) logs.follow(manifest.id, plan.profiled, this.folderName(step));
    return this.#runner.run();
  }

  cancel(): void {
    this.#runner.cancel();
  }

  /** The name under which a step's files are kept: none, where the run is one step. */
  folderName(step: PlannedStep): string | undefined {
    return this.#records === undefined ? undefined : step.name;
  }

  started(step: PlannedStep): void {
    this.#parts.onStarted();
    this.#change(step, { state: 'running' });
    this.says(step, 'Loading the model and warming up');
  }

  ready(step: PlannedStep): void {
    this.#change(step, { state: 'ready' });
    this.says(step, 'Ready');
  }

  says(step: PlannedStep, words: string): void {
    const { steps } = this.#parts.plan;
    if (this.#records === undefined) this.#parts.monitor.tell('running', words);
    else {
      const place = `${(steps.indexOf(step) + 1).toString()} of ${steps.length.toString()}`;
      this.#parts.monitor.tell('running', `${step.title} (step ${place}): ${words}`);
    }
  }

  sampled(step: PlannedStep, { cpuMs, rssBytes }: TreeSample): void {
    this.#usage.set(step.name, { cpuMs, rssBytes });
    this.#tellUsage();
  }

  ended(step: PlannedStep, { exit }: StepEnd): void {
    const used = this.#usage.get(step.name);
    if (used !== undefined) this.#usage.set(step.name, { ...used, rssBytes: 0 });
    const endedAt = new Date().toISOString();
    this.#change(step, { state: 'ended', endedAt, ...(exit === undefined ? {} : { exit }) });
  }

  #tellUsage(): void {
    let cpuMs = 0;
    let rssBytes = 0;
    for (const used of this.#usage.values()) {
      cpuMs += used.cpuMs;
      rssBytes += used.rssBytes;
    }
    this.#parts.onSample({ cpuMs, rssBytes, elapsedMs: performance.now() - this.#startedAtMs });
  }

  #change({ name }: PlannedStep, change: Partial<RunStep>): void {
    if (this.#records === undefined) return;
    this.#records = this.#records.map((record) => (record.name === name ? { ...record, ...change } : record));
    this.#parts.onSteps(this.#records);
  }

  async #specOf(step: PlannedStep): Promise<LaunchSpec> {
    const { library, monitor, manifest } = this.#parts;
    const { id } = manifest;
    const folder = this.folderName(step);
    const [stdoutPath, stderrPath] = [
      library.logOf(id, 'stdout', folder),
      library.logOf(id, 'stderr', folder),
    ];
    await mkdir(library.processFolderOf(id, folder), { recursive: true });
    if (step.role !== 'prepare') monitor.follow(step.name, [stdoutPath, stderrPath], step.log);
    this.#change(step, { state: 'starting', startedAt: new Date().toISOString() });
    const environment = { ...this.#parts.inherited };
    for (const { name, value } of step.environment) environment[name] = value;
    return {
      name: processName(id, folder),
      processFolder: library.processFolderOf(id, folder),
      program: await this.#programOf(step),
      args: step.args,
      cwd: manifest.command.cwd,
      environment,
      ownVariables: [...new Set(step.environment.map(({ name }) => name))],
      needs: neededFolders(step, this.#parts.platform),
      stdoutPath,
      stderrPath,
      endSignal: step.endSignal,
      graceMs: step.graceMs,
      sampleMs: this.#parts.sampleMs,
    };
  }

  async #programOf({ program }: PlannedStep): Promise<string> {
    const { manifest, inherited, findNsys } = this.#parts;
    if (program !== 'nsys' || manifest.target.kind !== 'local') return program;
    const nsys = await findNsys(inherited['PATH'] ?? '');
    if (nsys !== null) return nsys.program;
    const message =
      'No nsys was found on the PATH or in the usual folders, so nothing can be recorded with Nsight Systems. Install it (developer.nvidia.com/nsight-systems, or the package nsight-systems), or switch the Nsight pass off.';
    throw new IterscopeError({ code: 'nsys.not-found', message });
  }
}

/** A process of a run by name, among those of all runs. */
export function processName(id: string, step: string | undefined): string {
  return step === undefined ? id : `${id}-${step}`;
}
