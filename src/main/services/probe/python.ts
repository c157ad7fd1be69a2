// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TensorrtLlmFacts } from '../../launch/preflight/facts.ts';
import { interpreterOf } from './programs.ts';

/**
 * What is installed beside a Python, found by reading its files: nothing of it is run or imported, since importing
 * such a package takes many seconds and touches the GPU.
 */

const PACKAGE_FOLDERS = ['site-packages', 'dist-packages'];
/** Folders of packages of the system's Python, where its prefix does not hold them. */
const SYSTEM_LIBS = ['/usr/local/lib', '/usr/lib'];

async function names(folder: string): Promise<string[]> {
  return readdir(folder).catch((): string[] => []);
}

/** Folders of packages that a program's Python imports from. */
export async function packageFolders(program: string): Promise<string[]> {
  const lib = join(dirname(dirname(await interpreterOf(program))), 'lib');
  const libs = [...new Set([lib, ...(lib.startsWith('/usr/') || lib === '/lib' ? SYSTEM_LIBS : [])])];
  const folders: string[] = [];
  for (const parent of libs) {
    for (const name of (await names(parent)).filter((found) => found.startsWith('python3'))) {
      const within = await names(join(parent, name));
      folders.push(
        ...PACKAGE_FOLDERS.filter((found) => within.includes(found)).map((found) =>
          join(parent, name, found),
        ),
      );
    }
  }
  return folders;
}

/** Version of the CUDA runtime that is installed as a package, such as 12.4; null when there is none. */
export async function cudaRuntime(folders: readonly string[]): Promise<string | null> {
  for (const folder of folders) {
    for (const name of await names(folder)) {
      const version = /^nvidia_cuda_runtime(?:_cu\d+)?-(\d+\.\d+)/.exec(name)?.[1];
      if (version !== undefined) return version;
    }
  }
  return null;
}

async function text(...path: string[]): Promise<string> {
  return readFile(join(...path), 'utf8').catch(() => '');
}

/** The texts of a folder's Python files, joined. */
async function texts(folder: string): Promise<string> {
  const files = (await names(folder)).filter((name) => name.endsWith('.py'));
  return (await Promise.all(files.map((name) => text(folder, name)))).join('\n');
}

/** Whose window rules the executor follows: e3 has a module for it, e2 counts forwards, e1 counts passes of its loop. */
function eraOf(executor: string, hasModule: boolean): TensorrtLlmFacts['era'] {
  if (hasModule) return 'e3';
  if (/iter_counter in self\.profile_st(art|op)_iters/.test(executor)) return 'e2';
  return /\bit in self\.profile_st(art|op)_iters/.test(executor) ? 'e1' : null;
}

/** The TensorRT-LLM in one of these folders; null when there is none. */
export async function tensorrtLlm(folders: readonly string[]): Promise<TensorrtLlmFacts | null> {
  for (const folder of folders) {
    const root = join(folder, 'tensorrt_llm');
    const version = await text(root, 'version.py');
    if (version !== '') return factsOf(root, version);
  }
  return null;
}

async function factsOf(root: string, version: string): Promise<TensorrtLlmFacts> {
  const executorFolder = join(root, '_torch', 'pyexecutor');
  const executor = await texts(executorFolder);
  const routing = await texts(join(root, '_torch', 'modules', 'fused_moe'));
  const gptOss = await text(root, '_torch', 'models', 'modeling_gpt_oss.py');
  const server = await text(root, 'serve', 'openai_server.py');
  const bench = `${await texts(join(root, 'bench', 'dataset'))}\n${await text(root, 'commands', 'bench.py')}`;
  const knowsRouter = (source: string): boolean => source.includes('ENABLE_PERFECT_ROUTER');
  return {
    folder: root,
    version: /__version__\s*=\s*["']([^"']+)/.exec(version)?.[1] ?? null,
    era: eraOf(executor, (await names(executorFolder)).includes('profiling.py')),
    traceOfRank: executor.includes('-rank-{'),
    logRanks: executor.includes('TLLM_PROFILE_LOG_RANKS'),
    httpProfile: server.includes('/start_profile'),
    recordGc: executor.includes('TLLM_PROFILE_RECORD_GC'),
    perfectRouter: knowsRouter(routing) ? 'every-model' : knowsRouter(gptOss) ? 'gpt-oss' : null,
    datasetCommand: /name=["'](prepare-dataset|dataset)["']/.exec(bench)?.[1] ?? null,
  };
}
