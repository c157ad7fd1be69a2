// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';

/** Compiles the wall clock that a file sets (LD_PRELOAD, JUMPING_CLOCK) into a folder. */
export function compileJumpingClock(folder: string): string {
  const library = join(folder, 'libjumping_clock.so');
  const source = resolve('test/fixtures/clock/jumping_clock.rs');
  const options = ['--edition', '2024', '--crate-type', 'cdylib', '-A', 'warnings', '-o', library, source];
  execFileSync(process.env['RUSTC'] ?? 'rustc', options, { stdio: 'pipe' });
  return library;
}
