// SPDX-License-Identifier: Apache-2.0
import { appendFile, statfs } from 'node:fs/promises';
import { cpus, freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import type { TelemetryHead, TelemetrySample, TelemetrySeries } from '#shared/contract/telemetry.ts';
import type { GpuReport, Gpus } from '../ports/gpus.ts';
import type { Library } from './library.ts';
import { headLine, readTelemetry, sampleLine } from './telemetry-file.ts';

export const TELEMETRY_FILE = 'telemetry.jsonl';
/** While a timing pass runs, nothing may perturb it: one sample a second at most. */
const TIMING_HZ = 1;
/** The window hears of samples twice a second at most, however many are taken. */
const TELL_MS = 500;

export interface TelemetryEvent {
  readonly id: string;
  readonly head: TelemetryHead;
  /** What was sampled since the event before. */
  readonly samples: readonly TelemetrySample[];
}

export interface TelemetryParts {
  readonly library: Library;
  readonly gpus: Gpus;
  readonly emit: (event: TelemetryEvent) => void;
}

/** What the supervisor tells of the run's processes. */
export interface TreeSample {
  readonly cpuMs: number;
  readonly rssBytes: number;
  readonly elapsedMs: number;
}

/** Samples of host, run and GPUs while a run lives, kept with the run. */
export class TelemetryService {
  readonly #parts: TelemetryParts;
  #hz = 2;

  constructor(parts: TelemetryParts) {
    this.#parts = parts;
  }

  /** Samples a second for profiled runs that start from now on; timing runs never get more than one. */
  setRate(hz: number): void {
    this.#hz = hz;
  }

  rateFor(profiled: boolean): number {
    return profiled ? this.#hz : Math.min(TIMING_HZ, this.#hz);
  }

  start(id: string, profiled: boolean): TelemetryWatch {
    return new TelemetryWatch(this.#parts, id, this.rateFor(profiled));
  }

  read(id: string): Promise<TelemetrySeries> {
    return readTelemetry(join(this.#parts.library.folderOf(id), TELEMETRY_FILE));
  }
}

/** The sampling of one run. */
export class TelemetryWatch {
  readonly #parts: TelemetryParts;
  readonly #id: string;
  readonly #hz: number;
  readonly #path: string;
  readonly #startedAt = performance.now();
  readonly #cpu = new CpuMeter();
  readonly #cores = new CoreMeter();
  readonly #timer: NodeJS.Timeout;
  #head: TelemetryHead | undefined;
  #tree: TelemetrySample['run'] = null;
  #sampling: Promise<void> | undefined;
  #untold: TelemetrySample[] = [];
  #toldAt = -Infinity;

  constructor(parts: TelemetryParts, id: string, hz: number) {
    this.#parts = parts;
    this.#id = id;
    this.#hz = hz;
    this.#path = join(parts.library.folderOf(id), TELEMETRY_FILE);
    this.#timer = setInterval(() => {
      // A slow driver makes samples rarer, never two at once.
      this.#sampling ??= this.#sample().finally(() => {
        this.#sampling = undefined;
      });
    }, 1000 / hz);
  }

  tree(sample: TreeSample): void {
    this.#tree = { cores: this.#cores.next(sample), rssBytes: sample.rssBytes };
  }

  /** Ends the sampling; gives the names of the GPUs that were seen. */
  async stop(): Promise<{ name: string }[]> {
    clearInterval(this.#timer);
    await this.#sampling;
    return (this.#head?.gpus ?? []).map(({ index, name }) => ({ name: name ?? `GPU ${index.toString()}` }));
  }

  async #sample(): Promise<void> {
    const { library, gpus, emit } = this.#parts;
    const [report, disk] = await Promise.all([
      gpus.sample(),
      statfs(library.folderOf(this.#id)).catch(() => null),
    ]);
    const sample: TelemetrySample = {
      atMs: performance.now() - this.#startedAt,
      host: {
        cpuRatio: this.#cpu.next(),
        memoryUsedBytes: totalmem() - freemem(),
        diskFreeBytes: disk === null ? null : disk.bavail * disk.bsize,
      },
      run: this.#tree,
      gpus: report.gpus.map((gpu) => gpu.sample),
    };
    const isFirst = this.#head === undefined;
    const head = (this.#head ??= headOf(this.#hz, report, disk));
    // A full disk costs samples; the run goes on.
    await appendFile(this.#path, `${isFirst ? headLine(head) : ''}${sampleLine(sample)}`).catch(
      () => undefined,
    );
    this.#untold.push(sample);
    if (sample.atMs - this.#toldAt < TELL_MS) return;
    this.#toldAt = sample.atMs;
    emit({ id: this.#id, head, samples: this.#untold.splice(0) });
  }
}

function headOf(
  hz: number,
  { absent, driver, gpus }: GpuReport,
  disk: { readonly blocks: number; readonly bsize: number } | null,
): TelemetryHead {
  return {
    version: 1,
    hz,
    host: {
      cores: cpus().length,
      memoryBytes: totalmem(),
      diskBytes: disk === null ? null : disk.blocks * disk.bsize,
    },
    gpusAbsent: absent,
    driver,
    gpus: gpus.map(({ index, name, uuid, memoryBytes }) => ({ index, name, uuid, memoryBytes })),
  };
}

/** Busy share of all processors between two calls. */
class CpuMeter {
  #before = cpuTimes();

  next(): number | null {
    const now = cpuTimes();
    const all = now.all - this.#before.all;
    const busy = now.busy - this.#before.busy;
    this.#before = now;
    return all <= 0 ? null : Math.min(1, Math.max(0, busy / all));
  }
}

function cpuTimes(): { readonly all: number; readonly busy: number } {
  let all = 0;
  let idle = 0;
  for (const { times } of cpus()) {
    all += times.user + times.nice + times.sys + times.idle + times.irq;
    idle += times.idle;
  }
  return { all, busy: all - idle };
}

/** Processors that a run kept busy between two samples of its supervisor. */
export class CoreMeter {
  #before: TreeSample | undefined;

  next(sample: TreeSample): number | null {
    const before = this.#before;
    this.#before = sample;
    if (before === undefined || sample.elapsedMs <= before.elapsedMs) return null;
    return Math.max(0, (sample.cpuMs - before.cpuMs) / (sample.elapsedMs - before.elapsedMs));
  }
}
