// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The traces of a large job: one file for each rank, as PyTorch's profiler writes them. */

interface Job {
  readonly ranks: number;
  readonly iterations: number;
  /** Kernels of an iteration; each has its launch call and an operator around that. */
  readonly kernels: number;
  /** A rank whose kernels take half as long again. */
  readonly slowRank: number;
}

const STEP_US = 1_000;
const FIRST_STEP = 100;
/** Iterations from one garbage collection, and one wait for Python's lock, to the next. */
const PAUSE_EVERY = 500;
const NAMES = [
  'void cutlass::Kernel<cutlass_80_tensorop_bf16_s16816gemm_bf16_256x128>(Params)',
  'void fused_moe::moe_gemm_kernel<128, 64, true>(MoeParams)',
  'ncclDevKernel_AllReduce_Sum_bf16_RING_LL(ncclDevKernelArgsStorage<4096ul>)',
] as const;

const slice = (name: string, cat: string, place: object, ts: number, dur: number, args: object) =>
  JSON.stringify({ ph: 'X', cat, name, ...place, ts, dur, args });

function eventsOf({ iterations, kernels, slowRank }: Job, rank: number): string[] {
  const host = { pid: 1000 + rank, tid: 1000 + rank };
  const device = { pid: 0, tid: 7 };
  const name = (kind: string, of: object, value: string) =>
    JSON.stringify({ ph: 'M', name: kind, ...of, ts: 0, args: { name: value } });
  const events = [
    name('process_name', host, 'tensorrt_llm.executor.worker_main_with_a_long_name'),
    name('thread_name', host, `engine loop of rank ${rank}, with a name longer than any column`),
  ];
  const step = STEP_US / (kernels + 1);
  const length = step * (rank === slowRank ? 0.9 : 0.6);
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    const startUs = iteration * STEP_US;
    const marker = `[Executor] _forward_step ${FIRST_STEP + iteration}: 0 ctx reqs, 8 gen reqs`;
    events.push(slice(marker, 'user_annotation', host, startUs, STEP_US - 10, {}));
    if (iteration % PAUSE_EVERY === PAUSE_EVERY / 2) {
      events.push(
        slice('Python GC gen2', 'user_annotation', host, startUs + 10, 40, {}),
        slice('Waiting for GIL', 'user_annotation', host, startUs + 60, 20, {}),
      );
    }
    for (let kernel = 0; kernel < kernels; kernel += 1) {
      const atUs = startUs + (kernel + 0.2) * step;
      const correlation = iteration * kernels + kernel + 1;
      const link = { correlation, 'External id': correlation };
      events.push(
        slice('aten::mm', 'cpu_op', host, atUs, step * 0.4, { 'External id': correlation }),
        slice('cudaLaunchKernel', 'cuda_runtime', host, atUs + step * 0.1, step * 0.2, link),
        slice(NAMES[kernel % NAMES.length] ?? '', 'kernel', device, atUs + step * 0.3, length, {
          ...link,
          device: 0,
          stream: 7,
        }),
      );
    }
  }
  return events;
}

/** Writes the files of a job into a folder and gives their paths, rank by rank. */
export function writeRanks(folder: string, job: Job): readonly string[] {
  mkdirSync(folder, { recursive: true });
  return Array.from({ length: job.ranks }, (_, rank) => {
    const path = join(folder, `a-long-name-of-a-file-as-clusters-give-them-rank-${rank}.json`);
    const head = {
      schemaVersion: 1,
      deviceProperties: [{ id: 0, name: 'NVIDIA H100 80GB HBM3' }],
      distributedInfo: { backend: 'nccl', rank, world_size: job.ranks },
    };
    const text = JSON.stringify(head).slice(0, -1);
    writeFileSync(path, `${text},"traceEvents":[\n${eventsOf(job, rank).join(',\n')}\n]}\n`);
    return path;
  });
}
