// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';

/**
 * Compiles the stand-in for the GPU driver's library into a folder, under the name that the loader looks
 * for: with that folder in LD_LIBRARY_PATH, or the path given, a machine without GPUs has two.
 */
export function compileFakeNvml(folder: string): string {
  const library = join(folder, 'libnvidia-ml.so.1');
  const source = resolve('test/fixtures/nvml/fake_nvml.rs');
  const options = ['--edition', '2024', '--crate-type', 'cdylib', '-A', 'warnings', '-o', library, source];
  execFileSync(process.env['RUSTC'] ?? 'rustc', options, { stdio: 'pipe' });
  return library;
}
