// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { IterscopeError } from '#shared/base/errors.ts';
import type { Source, SourceSet } from '#shared/contract/app.ts';
import type { RunManifest } from '#shared/contract/run.ts';
import type { Engine } from '../ports/engine.ts';
import { filesOfFolder, isRankFile, isStatisticsFile } from './chosen-files.ts';
import type { ChosenFile } from './chosen-files.ts';
import { isTrace } from './artifacts.ts';
import { isMissing } from './files.ts';
import { rankOfName } from './rank-name.ts';

/**
 * What the engine may open, made here only: from dialogs, drops, the command line and runs. The window
 * knows sources by id and cannot make one.
 */
export class SourceService {
  readonly #engine: Engine;
  readonly #byKey = new Map<string, Source>();
  readonly #pendingRegistrations: Promise<void>[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Sources for files and folders that the user chose; what a file is, the engine finds out. */
  async fromPaths(paths: readonly string[]): Promise<SourceSet> {
    const sources: Source[] = [];
    for (const path of paths.map((candidate) => resolve(candidate))) {
      const info = await stat(path).catch((thrown: unknown) => {
        throw unreadable(path, thrown);
      });
      if (!info.isFile() && !info.isDirectory()) throw unreadable(path, 'it is a pipe or a device');
      for (const file of await filesOf(path, info.isDirectory())) {
        const name = basename(file.path);
        const rank = file.kind === 'trace' ? rankOfName(name) : undefined;
        sources.push(this.#make({ ...file, name, ...(rank === undefined ? {} : { rank }) }));
      }
    }
    await this.#registered();
    const [first] = sources;
    const more = sources.length > 1 ? ` and ${(sources.length - 1).toString()} more` : '';
    return { title: `${first?.name ?? ''}${more}`, sources };
  }

  /** What of a run can be opened. */
  async ofRun(manifest: RunManifest, artifactsFolder: string): Promise<SourceSet> {
    const sources = manifest.artifacts.flatMap((artifact) => {
      const kind = isTrace(artifact) ? 'trace' : artifact.kind === 'expert-statistics' ? artifact.kind : null;
      if (kind === null || artifact.freedAt !== undefined) return [];
      const path = join(artifactsFolder, artifact.path);
      const rank = artifact.rank === undefined ? {} : { rank: artifact.rank };
      return [this.#make({ kind, path, name: basename(path), runId: manifest.id, ...rank })];
    });
    await this.#registered();
    return { title: manifest.title, runId: manifest.id, sources };
  }

  /** A source that was made here, or one process of a report. `source.unknown` for others. */
  find(sourceId: string): Source {
    const [, whole = sourceId, process] = /^(.+)#(\d{1,9})$/.exec(sourceId) ?? [];
    const found = [...this.#byKey.values()].find((source) => source.sourceId === whole);
    if (found === undefined) {
      const message = 'This trace is not open any more: open it again.';
      throw new IterscopeError({ code: 'source.unknown', message });
    }
    return process === undefined ? found : { ...found, sourceId, process: Number(process) };
  }

  /** The window's port is another way than main's: a source must be known before its id is told. */
  async #registered(): Promise<void> {
    await Promise.all(this.#pendingRegistrations.splice(0));
  }

  #make(description: Omit<Source, 'sourceId'>): Source {
    const key = `${description.kind}\0${description.path}`;
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const source: Source = { sourceId: randomUUID(), ...description };
    this.#byKey.set(key, source);
    this.#pendingRegistrations.push(this.#engine.register(source));
    return source;
  }
}

/** A rank's file of expert statistics stands for the folder that it lies in. */
async function filesOf(path: string, isFolder: boolean): Promise<readonly ChosenFile[]> {
  if (isFolder) {
    return filesOfFolder(path).catch((thrown: unknown) => {
      throw unreadable(path, thrown);
    });
  }
  if (isRankFile(path)) return [{ kind: 'expert-statistics', path: resolve(path, '..') }];
  return [{ kind: isStatisticsFile(path) ? 'expert-statistics' : 'trace', path }];
}

function unreadable(path: string, thrown: unknown): IterscopeError {
  if (isMissing(thrown)) {
    const message = `There is no file ${path}: check its name and that the disk holding it is mounted.`;
    return new IterscopeError({ code: 'trace.not-found', message, path }, { cause: thrown });
  }
  const message = `${path} cannot be read: ${String(thrown)}. Check its permissions.`;
  return new IterscopeError({ code: 'trace.unreadable', message, path }, { cause: thrown });
}
