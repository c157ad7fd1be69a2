// SPDX-License-Identifier: Apache-2.0

/**
 * A trace of equal steps of one millisecond, of which one holds something more. Host and device wait for each other after
 * every step, so that what is planted makes its own step longer and no other.
 */

/** Microseconds added to the parts of the one step. */
export interface Planted {
  readonly compute?: number;
  readonly communication?: number;
  readonly memory?: number;
  /** The host comes this much later with the next step. */
  readonly hostIdle?: number;
  /** One gap between kernels whose launch was there before. */
  readonly dependency?: number;
  /** Gaps of 18 µs, each ended by a kernel of 1 µs that was launched before. */
  readonly gaps?: number;
  /** A range of this name in the host's time, as long as `hostIdle`. */
  readonly range?: string;
}

export const PLANTED_STEP = 107;
const FIRST_STEP = 100;
const STEPS = 16;
const GAP_US = 18;

const host = { pid: 1000, tid: 1000 };
const device = { pid: 0, tid: 7 };

/** Writes one step at a time, on a clock that never goes back. */
class Trace {
  readonly #events: object[] = [];
  #correlation = 0;

  add(name: string, cat: string, place: object, ts: number, dur: number, args: object = {}): void {
    this.#events.push({ ph: 'X', cat, name, ...place, ts, dur, args });
  }

  /** Work that a call at `calledUs` launched. */
  work(name: string, cat: string, calledUs: number, ts: number, dur: number): void {
    this.#correlation += 1;
    const args = { correlation: this.#correlation, device: 0, stream: 7 };
    this.add('cudaLaunchKernel', 'cuda_runtime', host, calledUs, 1, args);
    this.add(name, cat, device, ts, dur, args);
  }

  /** A step that begins at `atUs`; returns where the next one begins. */
  step(number: number, atUs: number, planted: Planted): number {
    const { compute = 0, communication = 0, memory = 0, hostIdle = 0, dependency = 0, gaps = 0 } = planted;
    const call = (order: number): number => atUs + 10 + order * 2;
    let at = atUs + 40;
    const run = (name: string, cat: string, order: number, dur: number): void => {
      this.work(name, cat, call(order), at, dur);
      at += dur;
    };
    run('cutlass_80_tensorop_bf16_gemm', 'kernel', 0, 300 + compute);
    run('ncclDevKernel_AllReduce_Sum_bf16_RING_LL', 'kernel', 1, 100 + communication);
    run('Memcpy DtoD (Device -> Device)', 'gpu_memcpy', 2, 50 + memory);
    for (let gap = 0; gap < gaps / GAP_US; gap += 1) {
      at += GAP_US;
      this.work('cutlass_80_tensorop_bf16_gemm', 'kernel', call(3), at, 1);
      at += 1;
    }
    at += dependency;
    run('cutlass_80_tensorop_bf16_gemm', 'kernel', 4, 300);
    const next = at + 200 + hostIdle;
    if (planted.range !== undefined) this.add(planted.range, 'user_annotation', host, at + 10, hostIdle);
    const marker = `[Executor] _forward_step ${number.toString()}: 0 ctx reqs, 8 gen reqs`;
    this.add(marker, 'user_annotation', host, atUs, next - atUs - 1);
    return next;
  }

  get text(): string {
    const head = { schemaVersion: 1, deviceProperties: [{ id: 0, name: 'Drawn' }] };
    return JSON.stringify({ ...head, traceEvents: this.#events });
  }
}

/** The text of such a trace. */
export function plantedTrace(planted: Planted): string {
  const trace = new Trace();
  let atUs = 0;
  for (let step = 0; step < STEPS; step += 1) {
    const number = FIRST_STEP + step;
    atUs = trace.step(number, atUs, number === PLANTED_STEP ? planted : {});
  }
  return trace.text;
}
