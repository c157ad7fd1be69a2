// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import yazl from 'yazl';
import { IterscopeError } from '#shared/base/errors.ts';
import type { AppInfo, Diagnostics } from '#shared/contract/app.ts';
import { redact } from '../launch/secrets.ts';
import type { AppLog } from './app-log.ts';
import type { Library } from './library.ts';
import type { SettingsService } from './settings.ts';

/** Manifests of the newest runs: enough to see a pattern, not the user's whole history. */
const MANIFESTS = 10;

interface Entry {
  readonly name: string;
  readonly what: string;
  readonly content: Buffer;
}

export interface DiagnosticsParts {
  readonly log: AppLog;
  readonly library: Library;
  readonly settings: SettingsService;
  /** Values that must not be in it, whatever stands around them. */
  readonly secrets: readonly string[];
}

/**
 * One archive for a bug report. It is put together first and listed; what is saved is exactly what was
 * listed. Outputs of programs, traces and prompts are never in it, and every text is masked.
 */
export class DiagnosticsService {
  readonly #parts: DiagnosticsParts;
  #prepared: { readonly ticket: string; readonly entries: readonly Entry[] } | undefined;

  constructor(parts: DiagnosticsParts) {
    this.#parts = parts;
  }

  async prepare(info: AppInfo): Promise<Diagnostics> {
    const entries = await this.#collect(info);
    const ticket = randomUUID();
    this.#prepared = { ticket, entries };
    const listed = entries.map(({ name, what, content }) => ({ name, what, bytes: content.length }));
    return { ticket, entries: listed };
  }

  async save(ticket: string, path: string): Promise<void> {
    if (this.#prepared?.ticket !== ticket) {
      const message = 'What was listed is no longer at hand: open the diagnostics again and save then.';
      throw new IterscopeError({ code: 'diagnostics.stale', message });
    }
    const zip = new yazl.ZipFile();
    for (const { name, content } of this.#prepared.entries) zip.addBuffer(content, name, { mode: 0o100_600 });
    zip.end();
    const unfinished = `${path}.part`;
    try {
      await pipeline(zip.outputStream, createWriteStream(unfinished, { mode: 0o600 }));
      await rename(unfinished, path);
    } catch (thrown) {
      await rm(unfinished, { force: true });
      const message = `The archive ${path} cannot be written (${String(thrown)}): choose another folder.`;
      throw new IterscopeError({ code: 'diagnostics.unwritable', message, path }, { cause: thrown });
    }
  }

  async #collect(info: AppInfo): Promise<Entry[]> {
    const { log, library, settings } = this.#parts;
    const { runs, failures } = await library.list();
    const entries: Entry[] = [
      this.#entry('about.json', 'Versions of Iterscope and what it runs on', info),
      this.#entry('settings.json', 'Settings', (await settings.get()).settings),
    ];
    for (const path of log.files) {
      const text = await readFile(path, 'utf8').catch(() => '');
      entries.push(this.#entry(`logs/${basename(path)}`, 'What Iterscope did and what failed', text));
    }
    for (const run of runs.slice(0, MANIFESTS)) {
      entries.push(this.#entry(`runs/${run.id}.json`, 'How a run was started and how it ended', run));
    }
    if (failures.length > 0) {
      const said = failures.map(({ failure }) => failure.message);
      entries.push(this.#entry('runs/unreadable.json', 'Runs whose manifest cannot be read', said));
    }
    return entries;
  }

  #entry(name: string, what: string, value: unknown): Entry {
    const text = typeof value === 'string' ? value : `${JSON.stringify(value, null, 2)}\n`;
    return { name, what, content: Buffer.from(redact(text, this.#parts.secrets)) };
  }
}
