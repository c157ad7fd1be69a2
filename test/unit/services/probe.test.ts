// SPDX-License-Identifier: Apache-2.0
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { anyFreePort, portIsFree } from '#main/services/probe/machine.ts';
import { modelFacts, placementSlots } from '#main/services/probe/model.ts';
import { hasImporter } from '#main/services/probe/nsys.ts';
import { programVersions } from '#main/services/probe/program-versions.ts';
import { findProgram, pathState } from '#main/services/probe/programs.ts';
import { cudaRuntime, packageFolders, tensorrtLlm } from '#main/services/probe/python.ts';
import { temporaryFolder } from '../../builders/folder.ts';

const makeFolder = temporaryFolder();

/** A Python with packages, constructed: the texts hold only what is looked for. */
function python(files: Readonly<Record<string, string>>): string {
  const root = makeFolder();
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, 'lib/python3.12/site-packages', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  mkdirSync(join(root, 'bin'));
  const script = join(root, 'bin', 'trtllm-bench');
  writeFileSync(script, `#!${join(root, 'bin', 'python3')}\n`);
  chmodSync(script, 0o755);
  return script;
}

const older = {
  'tensorrt_llm/version.py': '__version__ = "1.2.0rc6"\n',
  'tensorrt_llm/_torch/pyexecutor/py_executor.py':
    'if it in self.profile_start_iters:\n    TLLM_PROFILE_RECORD_GC\n',
  'tensorrt_llm/_torch/models/modeling_gpt_oss.py': "os.environ.get('ENABLE_PERFECT_ROUTER')\n",
  'tensorrt_llm/bench/dataset/prepare_dataset.py': '@click.group(name="prepare-dataset")\n',
  'nvidia_cuda_runtime_cu12-12.4.127.dist-info/METADATA': '',
};
const newer = {
  'tensorrt_llm/version.py': "__version__ = '1.4.0'\n",
  'tensorrt_llm/_torch/pyexecutor/profiling.py': 'f"{stem}-rank-{rank}{ext}"  TLLM_PROFILE_LOG_RANKS\n',
  'tensorrt_llm/_torch/modules/fused_moe/interface.py': "'ENABLE_PERFECT_ROUTER'\n",
  'tensorrt_llm/serve/openai_server.py': 'self.app.add_api_route("/start_profile")\n',
  'tensorrt_llm/commands/bench.py': "@main.group(name='dataset')\n",
  'nvidia_cuda_runtime-13.0.48.dist-info/METADATA': '',
};

describe('an installed TensorRT-LLM', () => {
  test('is read feature by feature, and never run', async () => {
    expect(await tensorrtLlm(await packageFolders(python(older)))).toMatchObject({
      version: '1.2.0rc6',
      era: 'e1',
      traceOfRank: false,
      logRanks: false,
      httpProfile: false,
      recordGc: true,
      perfectRouter: 'gpt-oss',
      datasetCommand: 'prepare-dataset',
    });
    expect(await tensorrtLlm(await packageFolders(python(newer)))).toMatchObject({
      version: '1.4.0',
      era: 'e3',
      traceOfRank: true,
      logRanks: true,
      httpProfile: true,
      perfectRouter: 'every-model',
      datasetCommand: 'dataset',
    });
  });

  test('in between has some features and not others', async () => {
    const between = {
      ...older,
      'tensorrt_llm/_torch/pyexecutor/py_executor.py':
        'if self.iter_counter in self.profile_stop_iters\n f"-rank-{r}"',
    };
    expect(await tensorrtLlm(await packageFolders(python(between)))).toMatchObject({
      era: 'e2',
      traceOfRank: true,
      logRanks: false,
    });
  });

  test('is absent where there is none, and what is unknown is told as such', async () => {
    const script = python({ 'torch/version.py': '' });
    expect(await tensorrtLlm(await packageFolders(script))).toBeNull();
    expect(await cudaRuntime(await packageFolders(script))).toBeNull();
    const strange = python({ 'tensorrt_llm/version.py': 'x' });
    expect(await tensorrtLlm(await packageFolders(strange))).toMatchObject({
      version: null,
      era: null,
      datasetCommand: null,
    });
  });

  test('has its CUDA runtime beside it', async () => {
    expect(await cudaRuntime(await packageFolders(python(older)))).toBe('12.4');
    expect(await cudaRuntime(await packageFolders(python(newer)))).toBe('13.0');
  });
});

test('programs are found by path and by name, where they may be run', async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'plain'), '');
  writeFileSync(join(folder, 'tool'), '');
  chmodSync(join(folder, 'tool'), 0o755);
  expect(await findProgram('tool', `/nowhere:${folder}`)).toBe(join(folder, 'tool'));
  expect(await findProgram(join(folder, 'tool'), '')).toBe(join(folder, 'tool'));
  expect(await findProgram('plain', folder)).toBeNull();
  expect(await findProgram(folder, '')).toBeNull();
});

test('paths say what they are', async () => {
  const folder = makeFolder();
  symlinkSync('/nowhere', join(folder, 'link'));
  expect(await pathState(folder)).toBe('folder');
  expect(await pathState(join(folder, 'link'))).toBe('missing');
});

test('a port is taken while something listens', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  expect(await portIsFree(port, '127.0.0.1')).toBe(false);
  await new Promise((resolve) => server.close(resolve));
  expect(await portIsFree(port, '127.0.0.1')).toBe(true);
  expect(await anyFreePort()).toBeGreaterThan(0);
});

test('a checkpoint tells its architecture and experts', async () => {
  const folder = makeFolder();
  writeFileSync(
    join(folder, 'config.json'),
    '{"architectures":["GptOssForCausalLM"],"num_local_experts":32}',
  );
  expect(await modelFacts(folder)).toEqual({
    architecture: 'GptOssForCausalLM',
    experts: 32,
    scoring: null,
    grouped: false,
  });
  writeFileSync(
    join(folder, 'config.json'),
    '{"architectures":["DeepseekV3ForCausalLM"],"n_routed_experts":256,"scoring_func":"sigmoid","n_group":8}',
  );
  expect(await modelFacts(folder)).toMatchObject({ experts: 256, scoring: 'sigmoid', grouped: true });
  expect(await modelFacts(join(folder, 'none'))).toBeNull();
});

test('a placement of experts tells its slots', async () => {
  const file = join(makeFolder(), 'placement.yaml');
  writeFileSync(file, 'initial_global_assignments:\n  0: [0, 1]\nnum_slots: 288\n');
  expect(await placementSlots(file)).toBe(288);
  expect(await placementSlots('/no/such/file')).toBeNull();
  expect(await placementSlots('placement.yaml')).toBeNull();
});

test('Nsight Systems is whole with its importer beside it, and says nothing through a link to nowhere', async () => {
  const root = makeFolder();
  for (const folder of ['target-linux-x64', 'host-linux-x64', 'bin']) mkdirSync(join(root, folder));
  const nsys = join(root, 'target-linux-x64', 'nsys');
  writeFileSync(nsys, '');
  symlinkSync(nsys, join(root, 'bin', 'nsys'));
  expect(await hasImporter(join(root, 'bin', 'nsys'))).toBe(false);
  writeFileSync(join(root, 'host-linux-x64', 'QdstrmImporter'), '');
  expect(await hasImporter(join(root, 'bin', 'nsys'))).toBe(true);
  expect(await hasImporter(join(root, 'bin', 'other'))).toBeNull();
});

describe('versions of programs', () => {
  const step = (program: string, environment: { name: string; value: string }[] = []) => ({
    program,
    environment,
  });

  test('are those of the packages beside a Python, by path or by a PATH of the step', async () => {
    const script = python({
      ...older,
      'torch-2.9.1+cu130.dist-info/METADATA': '',
      'torchvision-0.24.0.dist-info/METADATA': '',
    });
    const expected = { tensorrt_llm: '1.2.0rc6', torch: '2.9.1+cu130' };
    expect(await programVersions([step(script)], '')).toEqual(expected);
    const onPath = step('trtllm-bench', [{ name: 'PATH', value: dirname(script) }]);
    expect(await programVersions([onPath], '/nowhere')).toEqual(expected);
    expect(await programVersions([step('trtllm-bench')], '/nowhere')).toEqual({});
  });

  test('are the beginnings of their hashes where nothing else tells them apart', async () => {
    const path = join(makeFolder(), 'engine');
    writeFileSync(path, 'one build');
    chmodSync(path, 0o755);
    const first = await programVersions([step(path), { ...step('nsys'), wraps: path }], '');
    expect(first).toEqual({ engine: expect.stringMatching(/^sha256 [0-9a-f]{12}$/) as string });
    writeFileSync(path, 'another build');
    expect(await programVersions([step(path)], '')).not.toEqual(first);
  });
});
