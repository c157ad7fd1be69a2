// SPDX-License-Identifier: Apache-2.0
import { appendFile, statfs } from 'node:fs/promises';
import { cpus, freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import type { TelemetryHead, TelemetrySample, TelemetrySeries } from '#shared/contract/telemetry.ts';
import type { GpuReport, Gpus } from '../ports/gpus.ts';
import type { ProcessorTimes } from '../ports/platform.ts';
import type { Library } from './library.ts';
import { headLine, readTelemetry, sampleLine } from './telemetry-file.ts';

export const TELEMETRY_FILE = 'telemetry.jsonl';
/** While a timing pass runs, nothing may perturb it: one sample a second at most. */
const TIMING_HZ = 1;
/** The window hears of samples, and the file gets them, twice a second at most, however many are taken. */
const TELL_MS = 500;
/** Walking a tree of processes costs more than reading a GPU: no more often than it is told. */
const TREE_HZ = 2;
/** Room on a disk changes slowly. */
const DISK_MS = 1000;

export interface TelemetryEvent {
  readonly id: string;
  readonly head: TelemetryHead;
  /** What was sampled since the event before. */
  readonly samples: readonly TelemetrySample[];
}

export interface TelemetryParts {
  readonly library: Library;
  readonly gpus: Gpus;
  readonly processorTimes: () => ProcessorTimes;
  readonly emit: (event: TelemetryEvent) => void;
}

/** In blocks of `bsize` bytes. */
interface DiskRoom {
  readonly blocks: number;
  readonly bavail: number;
  readonly bsize: number;
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

  /** Milliseconds between two looks of the supervisor at the run's processes. */
  treePeriodMs(profiled: boolean): number {
    return Math.round(1000 / Math.min(TREE_HZ, this.rateFor(profiled)));
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
  readonly #cpu: CpuMeter;
  readonly #cores = new CoreMeter();
  readonly #timer: NodeJS.Timeout;
  #head: TelemetryHead | undefined;
  #tree: TelemetrySample['run'] = null;
  #sampling: Promise<void> | undefined;
  #disk: DiskRoom | null = null;
  #diskAt = -Infinity;
  #unwritten = '';
  #untold: TelemetrySample[] = [];
  #toldAt = -Infinity;

  constructor(parts: TelemetryParts, id: string, hz: number) {
    this.#parts = parts;
    this.#id = id;
    this.#hz = hz;
    this.#cpu = new CpuMeter(parts.processorTimes);
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
    await this.#write();
    return (this.#head?.gpus ?? []).map(({ index, name }) => ({ name: name ?? `GPU ${index.toString()}` }));
  }

  async #sample(): Promise<void> {
    const { gpus, emit } = this.#parts;
    const [report, disk] = await Promise.all([gpus.sample(), this.#diskRoom()]);
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
    this.#unwritten += `${isFirst ? headLine(head) : ''}${sampleLine(sample)}`;
    this.#untold.push(sample);
    if (sample.atMs - this.#toldAt < TELL_MS) return;
    this.#toldAt = sample.atMs;
    await this.#write();
    emit({ id: this.#id, head, samples: this.#untold.splice(0) });
  }

  async #write(): Promise<void> {
    const text = this.#unwritten;
    this.#unwritten = '';
    if (text === '') return;
    // A full disk costs samples; the run goes on.
    await appendFile(this.#path, text).catch(() => undefined);
  }

  async #diskRoom(): Promise<DiskRoom | null> {
    const now = performance.now();
    if (now - this.#diskAt >= DISK_MS) {
      this.#diskAt = now;
      this.#disk = await statfs(this.#parts.library.folderOf(this.#id)).catch(() => null);
    }
    return this.#disk;
  }
}

function headOf(hz: number, { absent, driver, gpus }: GpuReport, disk: DiskRoom | null): TelemetryHead {
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
  readonly #times: () => ProcessorTimes;
  #before: ProcessorTimes;

  constructor(times: () => ProcessorTimes) {
    this.#times = times;
    this.#before = times();
  }

  next(): number | null {
    const now = this.#times();
    const all = now.all - this.#before.all;
    const busy = now.busy - this.#before.busy;
    this.#before = now;
    return all <= 0 ? null : Math.min(1, Math.max(0, busy / all));
  }
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
