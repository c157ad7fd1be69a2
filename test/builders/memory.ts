// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A group of processes whose memory is as small as that of a machine that runs out of it. */
export interface SmallMemory {
  /** A process joins by writing its id here. */
  readonly procs: string;
  remove(): void;
}

const ROOT = '/sys/fs/cgroup';

/** Makes a memory cgroup, of either version; the reason where this user may not. */
export function smallMemory(bytes: number): SmallMemory | string {
  const isSecond = existsSync(join(ROOT, 'cgroup.controllers'));
  const folder = join(ROOT, isSecond ? '' : 'memory', `iterscope-test-${process.pid.toString()}`);
  const remove = (): void => {
    if (existsSync(folder)) rmdirSync(folder);
  };
  try {
    mkdirSync(folder);
    writeFileSync(join(folder, isSecond ? 'memory.max' : 'memory.limit_in_bytes'), bytes.toString());
    const swap = join(folder, isSecond ? 'memory.swap.max' : 'memory.memsw.limit_in_bytes');
    if (existsSync(swap)) writeFileSync(swap, isSecond ? '0' : bytes.toString());
    return { procs: join(folder, 'cgroup.procs'), remove };
  } catch (thrown) {
    try {
      remove();
    } catch {
      // What cannot be removed cannot have been made by this user.
    }
    return String(thrown);
  }
}
