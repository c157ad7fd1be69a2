// SPDX-License-Identifier: Apache-2.0
import { basename } from 'node:path';
import type { LaunchCheck } from '#shared/contract/launch.ts';
import type { PreflightInput } from './facts.ts';

/** What was found on the machine, for those who want to see what the rules saw. */
export function describeFacts({ facts, steps, passes }: PreflightInput): LaunchCheck['facts'] {
  const lines: LaunchCheck['facts'] = [];
  const add = (label: string, value: string | null): void => {
    if (value !== null) lines.push({ label, value });
  };
  const used = new Set(steps.map(({ program, wraps }) => wraps ?? program));
  for (const [name, path] of facts.programs) if (used.has(name)) add(basename(name), path ?? 'not found');
  if (passes.some(({ kinds }) => kinds.includes('nsight'))) {
    add(
      'Nsight Systems',
      facts.nsys === null ? 'not found' : `${facts.nsys.version} (${facts.nsys.program})`,
    );
  }
  const llm = facts.tensorrtLlm;
  if (llm !== null) {
    add('TensorRT-LLM', `${llm.version ?? 'unknown version'}, windows as in ${llm.era ?? 'an unknown era'}`);
  }
  add('CUDA runtime', facts.cudaRuntime);
  const { driver, cuda } = facts.gpus;
  add('Driver', driver === null || cuda === null ? driver : `${driver}, serves CUDA ${cuda}`);
  const names = facts.gpus.gpus.map(({ name }) => name ?? 'unnamed');
  add('GPUs', names.length === 0 ? (facts.gpus.absent ?? 'none') : names.join(', '));
  add('Model', facts.model === null ? null : modelText(facts.model));
  add(
    'Free on disk',
    facts.diskFreeBytes === null ? null : `${(facts.diskFreeBytes / 1024 ** 3).toFixed(0)} GiB`,
  );
  return lines;
}

function modelText({ architecture, experts }: NonNullable<PreflightInput['facts']['model']>): string {
  const named = architecture ?? 'unknown architecture';
  return experts === null ? named : `${named}, ${experts.toString()} experts per layer`;
}
