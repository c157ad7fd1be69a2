// SPDX-License-Identifier: Apache-2.0
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { basename, delimiter, join } from 'node:path';
import { IterscopeError } from '#shared/base/errors.ts';
import type { Source } from '#shared/contract/app.ts';
import type { FoundViewers } from '#shared/contract/viewers.ts';
import { findProgram } from './probe/programs.ts';

/** Other viewers of the same recording that are installed here. They are started only when the user asks for it. */

export interface ViewerParts {
  readonly sourceOf: (sourceId: string) => Pick<Source, 'path'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** File name of a program on this system. */
  readonly programFile: (name: string) => string;
  /** A folder for each installed version of Nsight Systems. */
  readonly nsightFolder?: string;
}

const REPORT = '.nsys-rep';
const EXPORT = /\.sqlite(\.gz)?$/;
/** Where the installer of Nsight Systems puts its window within the folder of a version. */
const WITHIN = ['bin', 'host-linux-x64'];
const TRACE_PROCESSORS = ['trace_processor', 'trace_processor_shell'];
/** A viewer that cannot run here (no display, a library is missing) ends at once. */
const EARLY_END_MS = 1_500;

export class ViewerService {
  readonly #parts: ViewerParts;

  constructor(parts: ViewerParts) {
    this.#parts = parts;
  }

  async find(sourceId: string): Promise<FoundViewers> {
    const { path } = this.#parts.sourceOf(sourceId);
    const [program, report, ...processors] = await Promise.all([
      this.#findNsight(),
      reportOf(path),
      ...TRACE_PROCESSORS.map((name) => this.#findOnPath(name)),
    ]);
    return {
      nsight: { program, report },
      traceProcessor: processors.find((found) => found !== null) ?? null,
    };
  }

  /** Starts Nsight Systems' window with the trace's report; it lives on its own. */
  async openInNsight(sourceId: string): Promise<{ program: string; path: string }> {
    const { path } = this.#parts.sourceOf(sourceId);
    const report = await reportOf(path);
    if (report === null) {
      const message = `Nsight Systems opens its own reports (.nsys-rep), and there is none beside ${path}: put the report that it was exported from into the same folder.`;
      throw new IterscopeError({ code: 'trace.not-found', message, path });
    }
    const program = await this.#findNsight();
    if (program === null) {
      const message =
        'The window of Nsight Systems (nsys-ui) is neither on the PATH nor below /opt/nvidia/nsight-systems: install Nsight Systems, or add the folder of nsys-ui to PATH and start Iterscope again.';
      throw new IterscopeError({ code: 'nsys.not-found', message });
    }
    await this.#start(program, report);
    return { program, path: report };
  }

  #findOnPath(name: string): Promise<string | null> {
    return findProgram(this.#parts.programFile(name), this.#parts.environment['PATH'] ?? '');
  }

  async #findNsight(): Promise<string | null> {
    const found = await this.#findOnPath('nsys-ui');
    if (found !== null) return found;
    const folder = this.#parts.nsightFolder ?? '/opt/nvidia/nsight-systems';
    const versions = (await readdir(folder).catch((): string[] => [])).sort((a, b) =>
      b.localeCompare(a, 'en', { numeric: true }),
    );
    const folders = versions.flatMap((version) => WITHIN.map((within) => join(folder, version, within)));
    return findProgram(this.#parts.programFile('nsys-ui'), folders.join(delimiter));
  }

  /** Without a shell: the path is one argument, whatever it holds. */
  async #start(program: string, path: string): Promise<void> {
    const child = spawn(program, [path], {
      detached: true,
      stdio: 'ignore',
      env: { ...this.#parts.environment },
    });
    try {
      await once(child, 'spawn');
    } catch (thrown) {
      const message = `${program} could not be started: ${String(thrown)}. Check that it runs from a terminal.`;
      throw new IterscopeError({ code: 'launch.system', message, path: program }, { cause: thrown });
    }
    const ended = await earlyEnd(child);
    child.unref();
    if (ended === null || ended === 0) return;
    const message = `${program} ended at once (${ended.toString()}): run it with ${path} in a terminal to see why.`;
    throw new IterscopeError({ code: 'launch.system', message, path: program });
  }
}

/** The report that a trace is, or was exported from and that lies beside it; null without one. */
async function reportOf(path: string): Promise<string | null> {
  if (path.endsWith(REPORT)) return path;
  if (!EXPORT.test(basename(path))) return null;
  const report = path.replace(EXPORT, REPORT);
  const isThere = await stat(report).then(
    (info) => info.isFile(),
    () => false,
  );
  return isThere ? report : null;
}

/** How a program ended that did not stay; null while it lives. */
async function earlyEnd(child: ChildProcess): Promise<number | string | null> {
  try {
    const [code, signal] = (await once(child, 'exit', { signal: AbortSignal.timeout(EARLY_END_MS) })) as [
      number | null,
      string | null,
    ];
    return code ?? signal;
  } catch {
    return null;
  }
}
