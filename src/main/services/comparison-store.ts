// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { IterscopeError } from '#shared/base/errors.ts';
import { comparison as schema } from '#shared/contract/comparison.ts';
import type { Arm, Comparison } from '#shared/contract/comparison.ts';
import type { ComparisonReport } from '../compare/report.ts';
import { maskEntry, maskParameters, maskValue, redact } from '../launch/secrets.ts';
import type { Platform } from '../ports/platform.ts';
import { readJson, writeAtomically } from './files.ts';

/** Comparisons on disk, beside the runs: one file each, which names the runs that its passes became. */
export class ComparisonStore {
  readonly #root: string;
  readonly #caches: string;

  constructor({ dataFolder, cacheFolder }: Pick<Platform, 'dataFolder' | 'cacheFolder'>) {
    this.#root = join(dataFolder, 'comparisons');
    this.#caches = join(cacheFolder, 'comparisons');
  }

  /** Of the caches that programs of its passes fill. */
  cacheFolderOf(id: string): string {
    return join(this.#caches, id);
  }

  /** Makes the folders of the caches: programs make the files. */
  async makeCaches({ caches = [] }: Comparison): Promise<void> {
    for (const { owner, path } of caches)
      if (owner === 'comparison') await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  }

  async removeCaches(id: string): Promise<void> {
    await rm(this.cacheFolderOf(id), { recursive: true, force: true });
  }

  newId(now: Date): string {
    const utc = now.toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '');
    return `${utc}-compare-${randomBytes(2).toString('hex')}`;
  }

  async write(comparison: Comparison): Promise<void> {
    await mkdir(this.#root, { recursive: true });
    const text = `${JSON.stringify(maskSecrets(comparison), null, 2)}\n`;
    await writeAtomically(this.#pathOf(comparison.id), text);
  }

  async read(id: string): Promise<Comparison> {
    const path = this.#pathOf(id);
    const found = await readJson(path).catch((thrown: unknown) => {
      throw damaged(path, String(thrown));
    });
    if (found === undefined) {
      const message = `There is no comparison "${id}" in ${this.#root}: it may have been deleted.`;
      throw new IterscopeError({ code: 'comparison.unknown', message, path });
    }
    const parsed = schema.safeParse(found);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw damaged(path, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unknown'}`);
  }

  /** Every comparison that can be read, newest first. */
  async list(): Promise<Comparison[]> {
    const names = await readdir(this.#root).catch(() => []);
    const ids = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5));
    const found = await Promise.all(ids.map((id) => this.read(id).catch(() => null)));
    return found
      .filter((comparison) => comparison !== null)
      .sort((a, b) => b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id));
  }

  #pathOf(id: string): string {
    return join(this.#root, `${id}.json`);
  }
}

/** The comparison without the values of its arms' secrets: what may reach a disk or a screen. */
export function maskSecrets(comparison: Comparison): Comparison {
  const mask = (arm: Arm): Arm => ({
    ...arm,
    form: { ...arm.form, extraEnvironment: arm.form.extraEnvironment.map(maskEntry) },
  });
  const { request } = comparison;
  return { ...comparison, request: { ...request, a: mask(request.a), b: mask(request.b) } };
}

/** A report as others may read it: of commands and parameters, nothing that is a secret by its name or its looks. */
export function shareable({ comparison, answer, commands }: ComparisonReport): ComparisonReport {
  const mask = (arm: Arm): Arm => ({
    ...arm,
    form: { ...arm.form, parameters: maskParameters(arm.form.parameters) },
  });
  const { request } = comparison;
  return {
    comparison: { ...comparison, request: { ...request, a: mask(request.a), b: mask(request.b) } },
    answer: {
      ...answer,
      differences: answer.differences.map(({ name, a, b }) => ({
        name,
        a: maskValue(name, a),
        b: maskValue(name, b),
      })),
    },
    commands: commands.map(({ title, shell }) => ({ title, shell: redact(shell, []) })),
  };
}

function damaged(path: string, reason: string): IterscopeError {
  return new IterscopeError({
    code: 'comparison.damaged',
    message: `The comparison ${path} cannot be read (${reason}): its runs are untouched; correct the file or move it away.`,
    path,
  });
}
