// SPDX-License-Identifier: Apache-2.0
import { appendFileSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { redact } from '../launch/secrets.ts';

/**
 * What Iterscope itself did, for bug reports: JSON lines, newest file `iterscope.log`, older ones numbered.
 * Every line is masked before it is written. Written at once: the last line before a crash is the one that
 * counts, and there are few of them (nothing is logged per frame, sample or line of a program).
 */

const FILE_BYTES = 5 * 1024 * 1024;
const FILES = 5;
const NAME = 'iterscope.log';

export type LogLevel = 'info' | 'warning' | 'error';

export class AppLog {
  readonly folder: string;
  readonly #secrets: readonly string[];
  readonly #fileBytes: number;
  #bytes: number | undefined;

  /** `secrets` are values that must never be written, whatever stands around them. */
  constructor(folder: string, secrets: readonly string[], fileBytes = FILE_BYTES) {
    this.folder = folder;
    this.#secrets = secrets;
    this.#fileBytes = fileBytes;
  }

  /** The log's files that exist, newest first. */
  get files(): readonly string[] {
    return Array.from({ length: FILES }, (_, at) => this.#path(at)).filter((path) => sizeOf(path) > 0);
  }

  write(level: LogLevel, event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    const line = redact(
      JSON.stringify({ at: new Date().toISOString(), level, event, ...fields }),
      this.#secrets,
    );
    try {
      this.#append(`${line}\n`);
    } catch {
      // A full or read-only disk must not take the application with it.
    }
  }

  #append(line: string): void {
    if (this.#bytes === undefined) {
      mkdirSync(this.folder, { recursive: true });
      this.#bytes = sizeOf(this.#path(0));
    }
    const bytes = Buffer.byteLength(line);
    if (this.#bytes > 0 && this.#bytes + bytes > this.#fileBytes) this.#rotate();
    appendFileSync(this.#path(0), line, { mode: 0o600 });
    this.#bytes += bytes;
  }

  #rotate(): void {
    rmSync(this.#path(FILES - 1), { force: true });
    for (let at = FILES - 2; at >= 0; at -= 1) {
      if (sizeOf(this.#path(at)) > 0) renameSync(this.#path(at), this.#path(at + 1));
    }
    this.#bytes = 0;
  }

  #path(at: number): string {
    return join(this.folder, at === 0 ? NAME : `${NAME}.${at.toString()}`);
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
