// SPDX-License-Identifier: Apache-2.0
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/** The processes of this machine, as /proc shows them. */

export interface ProcessEntry {
  readonly pid: number;
  readonly parentPid: number;
}

function entryOf(pid: number): ProcessEntry | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : { pid, parentPid: Number(parent) };
  } catch {
    return undefined;
  }
}

/** All living processes; zombies are none. */
function livingProcesses(): ProcessEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => entryOf(Number(name)) ?? []);
}

/** Living processes that were started with `name=value` in their environment. */
export function processesWith(name: string, value: string): number[] {
  const entry = `${name}=${value}`;
  return livingProcesses()
    .map(({ pid }) => pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(entry);
      } catch {
        return false;
      }
    });
}

/** Every living process below another one, in no order that means anything. */
export function descendantsOf(pid: number): number[] {
  const living = livingProcesses();
  const below = (parent: number): number[] =>
    living.filter((entry) => entry.parentPid === parent).flatMap((entry) => [entry.pid, ...below(entry.pid)]);
  return below(pid);
}

/** Children of a process whose program or first arguments hold a text. */
export function childOf(parentPid: number, text: string): number | undefined {
  return livingProcesses()
    .filter((entry) => entry.parentPid === parentPid)
    .map(({ pid }) => pid)
    .find((pid) => commandOf(pid).includes(text));
}

function commandOf(pid: number): string {
  try {
    return `${readlinkSync(`/proc/${pid}/exe`)}\0${readFileSync(`/proc/${pid}/cmdline`, 'utf8')}`;
  } catch {
    return '';
  }
}
