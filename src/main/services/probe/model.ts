// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelFacts } from '../../launch/preflight/facts.ts';
import { readText } from '../files.ts';

/** What files say of a model and of where its experts are to lie; null where they say nothing. */

const EXPERTS = ['num_local_experts', 'num_experts', 'n_routed_experts'];

/** What the configuration of a checkpoint's folder says. */
export async function modelFacts(folder: string): Promise<ModelFacts | null> {
  try {
    const config: unknown = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'));
    const read = (key: string): unknown => (config as Record<string, unknown> | null)?.[key];
    const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
    const architectures = read('architectures');
    const [architecture] = Array.isArray(architectures) ? (architectures as unknown[]) : [];
    const experts = EXPERTS.map(read).find((value) => typeof value === 'number');
    return {
      architecture: text(architecture),
      experts: experts ?? null,
      scoring: text(read('scoring_func')),
      grouped: typeof read('n_group') === 'number',
    };
  } catch {
    return null;
  }
}

/** A placement lists every slot of every layer: some megabytes for the largest models. */
const MOST_PLACEMENT_BYTES = 64 * 1024 ** 2;

/** The number of slots that a placement of experts states. */
export async function placementSlots(path: string): Promise<number | null> {
  if (!path.startsWith('/')) return null;
  const text = await readText(path, MOST_PLACEMENT_BYTES).catch(() => '');
  const slots = /^\s*["']?num_slots["']?\s*:\s*(\d+)/m.exec(text)?.[1];
  return slots === undefined ? null : Number(slots);
}
