// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { cpus, homedir, platform, release, totalmem, type } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import type { Platform } from '../ports/platform.ts';

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
    processIdentity: platform() === 'linux' ? linuxProcessIdentity : portableProcessIdentity,
    programFile: (name) => (platform() === 'win32' ? `${name}.exe` : name),
  };
}
