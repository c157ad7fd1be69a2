// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  readonly path: string;
  /** Leaves no byte free. */
  fill(): void;
  free(): void;
  unmount(): void;
}

/** A file system of so many bytes; the reason where this user may not mount one. */
export function smallDisk(bytes: number): SmallDisk | string {
  const path = mkdtempSync(join(tmpdir(), 'iterscope-disk-'));
  const options = `size=${bytes.toString()}`;
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { encoding: 'utf8' });
  if (mounted.status !== 0) {
    rmSync(path, { recursive: true });
    return mounted.error?.message ?? mounted.stderr.trim();
  }
  const filler = join(path, 'filler');
  return {
    path,
    fill: () => {
      fill(filler);
    },
    free: () => {
      rmSync(filler);
    },
    unmount: () => {
      spawnSync('umount', ['--lazy', path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

function fill(path: string): void {
  const file = openSync(path, 'a');
  try {
    for (let block = Buffer.alloc(64 * 1024); block.length > 0;) {
      try {
        writeSync(file, block);
      } catch {
        // Ever smaller, until nothing fits.
        block = block.subarray(0, Math.floor(block.length / 2));
      }
    }
  } finally {
    closeSync(file);
  }
}
