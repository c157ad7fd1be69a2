// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { cpus, homedir, platform, release, totalmem, type } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import type { Platform, ProcessorTimes } from '../ports/platform.ts';

interface Folders {
  readonly data: string;
  readonly cache: string;
  readonly config: string;
}

/** ITERSCOPE_HOME holds all three; else the folders that each system gives to applications. */
function userFolders(environment: NodeJS.ProcessEnv): Folders {
  const home = environment['ITERSCOPE_HOME'];
  if (home !== undefined && home !== '') {
    const root = resolve(home);
    return { data: join(root, 'data'), cache: join(root, 'cache'), config: join(root, 'config') };
  }
  if (platform() === 'darwin') {
    const support = join(homedir(), 'Library', 'Application Support', 'iterscope');
    return { data: support, cache: join(homedir(), 'Library', 'Caches', 'iterscope'), config: support };
  }
  if (platform() === 'win32') {
    const local = environment['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local');
    const root = join(local, 'iterscope');
    return { data: join(root, 'data'), cache: join(root, 'cache'), config: join(root, 'config') };
  }
  // The XDG specification says that relative paths in these variables are to be ignored.
  const xdg = (name: string, fallback: string): string => {
    const value = environment[name];
    const base = value !== undefined && isAbsolute(value) ? value : join(homedir(), fallback);
    return join(base, 'iterscope');
  };
  return {
    data: xdg('XDG_DATA_HOME', '.local/share'),
    cache: xdg('XDG_CACHE_HOME', '.cache'),
    config: xdg('XDG_CONFIG_HOME', '.config'),
  };
}

/** Start time in clock ticks since boot: with the pid it names one process only. */
function linuxProcessIdentity(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name may hold spaces and parentheses: fields count from the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function portableProcessIdentity(pid: number): string | null {
  try {
    process.kill(pid, 0);
    return 'running';
  } catch {
    return null;
  }
}

function portableProcessorTimes(): ProcessorTimes {
  let all = 0;
  let idle = 0;
  for (const { times } of cpus()) {
    all += times.user + times.nice + times.sys + times.idle + times.irq;
    idle += times.idle;
  }
  return { all, busy: all - idle };
}

/**
 * The kernel's sums. Node's own list reads the clock of every processor besides: with many of them and ten samples
 * a second that costs more than all other telemetry.
 */
function linuxProcessorTimes(): ProcessorTimes {
  const stat = readFileSync('/proc/stat', 'latin1');
  const line = /^cpu +([\d ]+)/.exec(stat)?.[1];
  if (line === undefined) return portableProcessorTimes();
  // user, nice, system, idle, iowait, irq, softirq, steal; guest times are within user and nice.
  const fields = line.split(' ', 8).map(Number);
  const all = fields.reduce((sum, field) => sum + field, 0);
  return { all, busy: all - (fields[3] ?? 0) - (fields[4] ?? 0) };
}

export function nodePlatform(options: {
  readonly environment: NodeJS.ProcessEnv;
  readonly assetsFolder: string;
  readonly nativeFolder: string;
}): Platform {
  const folders = userFolders(options.environment);
  const processors = cpus();
  return {
    dataFolder: folders.data,
    cacheFolder: folders.cache,
    configFolder: folders.config,
    assetsFolder: options.assetsFolder,
    nativeFolder: options.nativeFolder,
    host: {
      os: `${type()} ${release()}`,
      cpu: processors[0]?.model.trim() ?? 'unknown',
      cores: processors.length,
      memoryBytes: totalmem(),
    },
    processorTimes: platform() === 'linux' ? linuxProcessorTimes : portableProcessorTimes,
    processIdentity: platform() === 'linux' ? linuxProcessIdentity : portableProcessIdentity,
    programFile: (name) => (platform() === 'win32' ? `${name}.exe` : name),
  };
}
