// SPDX-License-Identifier: Apache-2.0
import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findNsys } from '#main/engine/nsys.ts';
import { readablePath } from '#main/engine/report-export.ts';
import { isErrorCode, toFailure } from '#shared/base/errors.ts';
import type { EngineProgress } from '#shared/contract/engine.ts';
import { temporaryFolder } from '../builders/folder.ts';

// Nsight Systems is NVIDIA's own program and not on every machine. What Iterscope does around it is tested with a
// program of the same name and manners; where the real one is installed, the real report goes through it, too.

const folder = temporaryFolder();
const report = resolve('test/fixtures/traces/nsys-h100-graph-lossy.nsys-rep');
const never = new AbortController().signal;
const installed = await findNsys(process.env['PATH'] ?? '');
const inUsualFolders = await findNsys('');

/** A program that answers `--version` as nsys does, and exports by a shell script: $8 is the report, $7 its export. */
function nsysThat(script: string): string {
  const bin = folder();
  const path = join(bin, 'nsys');
  const version = 'NVIDIA Nsight Systems version 2031.2.1.7-3175v0';
  writeFileSync(path, `#!/bin/sh\nif [ "$1" = --version ]; then echo "${version}"; exit 0; fi\n${script}\n`);
  chmodSync(path, 0o755);
  return `${bin}:${process.env['PATH'] ?? ''}`;
}

async function failure(work: Promise<unknown>): Promise<{ code: string; message: string }> {
  return work.then(
    () => {
      throw new Error('it should have failed');
    },
    (thrown: unknown) => toFailure(thrown),
  );
}

describe('reports that have to be exported', () => {
  test('go through nsys with progress, once, and again only when they changed', async () => {
    const searchPath = nsysThat(
      'printf "\\rProcessing 5 events: [==  40%%  ]\\rProcessing 5 events: [====100%%]\\n"; cp "$8" "$7"; echo run >> "$7.runs"',
    );
    const cache = folder();
    const copy = join(folder(), 'a report; with $(odd) name.nsys-rep');
    writeFileSync(copy, 'NVIDIA Tegra Profiler Report 2031 and so on');
    const told: EngineProgress[] = [];
    const options = {
      signal: never,
      onProgress: (progress: EngineProgress) => told.push(progress),
      searchPath,
    };
    const first = await readablePath(copy, cache, options);
    expect(told[0]).toEqual({
      bytesDone: 0,
      bytesTotal: 43,
      slices: 0,
      note: 'Exporting with Nsight Systems 2031.2.1.7',
    });
    expect(told.at(-1)?.bytesDone).toBe(43);
    const count = told.length;
    expect(await readablePath(copy, cache, options)).toBe(first);
    expect(told).toHaveLength(count);
    writeFileSync(copy, 'NVIDIA Tegra Profiler Report 2031, recorded again');
    const second = await readablePath(copy, cache, options);
    expect(second).not.toBe(first);
    expect(existsSync(first)).toBe(false);
  });

  test('are not touched when they are something else', async () => {
    const options = { signal: never, onProgress: () => undefined, searchPath: '' };
    const other = join(folder(), 'x.nsys-rep');
    writeFileSync(other, 'something else');
    expect(await readablePath(other, folder(), options)).toBe(other);
    expect(await readablePath('/no/such/file', folder(), options)).toBe('/no/such/file');
  });

  test('say what nsys said when it fails, and leave nothing', async () => {
    const searchPath = nsysThat('echo "half" > "$7"; echo "The report is newer than this tool." >&2; exit 3');
    const cache = folder();
    const { code, message } = await failure(
      readablePath(report, cache, { signal: never, onProgress: () => undefined, searchPath }),
    );
    expect(code).toBe('nsys.export-failed');
    expect(message).toContain('(exit code 3). It said: The report is newer than this tool.');
    expect(readdirSync(cache)).toEqual([]);
  });

  test('can be cancelled while nsys works', async () => {
    const started = join(folder(), 'started');
    const searchPath = nsysThat(`echo 10%; touch "${started}"; exec sleep 600`);
    const abort = new AbortController();
    const cache = folder();
    const work = readablePath(report, cache, {
      signal: abort.signal,
      onProgress: ({ bytesDone }) => {
        if (bytesDone > 0) abort.abort();
      },
      searchPath,
    });
    expect((await failure(work)).code).toBe('ingest.cancelled');
    expect(readdirSync(cache)).toEqual([]);
  });

  test.runIf(inUsualFolders === null)('say how to get nsys where there is none', async () => {
    const { code, message } = await failure(
      readablePath(report, folder(), { signal: never, onProgress: () => undefined, searchPath: '' }),
    );
    expect(isErrorCode(code) && code).toBe('nsys.not-found');
    expect(message).toMatch(/Install Nsight Systems .* or run "nsys export --type sqlite"/);
  });

  test.runIf(installed !== null)('are exported by the real nsys', async () => {
    const told: EngineProgress[] = [];
    const options = {
      signal: never,
      onProgress: (progress: EngineProgress) => told.push(progress),
      searchPath: process.env['PATH'] ?? '',
    };
    const exported = await readablePath(report, folder(), options);
    expect(exported).toMatch(/\.sqlite$/);
    expect(existsSync(exported)).toBe(true);
    expect(told[0]?.note).toBe(`Exporting with Nsight Systems ${installed?.version ?? ''}`);
  });
});
