// SPDX-License-Identifier: Apache-2.0
// The pre-flight through the services: a machine with a stand-in for the GPU driver, and an installed TensorRT-LLM whose
// source holds only what is looked for.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { LaunchForm } from '#shared/contract/launch.ts';
import { defaultForm } from '#main/launch/default-form.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { compileFakeNvml } from '../builders/nvml.ts';
import { makeServices, type TestServices } from '../builders/services.ts';

const folder = temporaryFolder();
const open: TestServices[] = [];

afterEach(async () => {
  for (const made of open.splice(0)) {
    await made.runs.close();
    made.engine.close();
  }
});

function write(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** A folder of programs with the Python packages beside it; the folder for PATH. */
function installed(files: Readonly<Record<string, string>>): string {
  const root = folder();
  for (const [path, text] of Object.entries(files)) {
    write(join(root, 'lib/python3.12/site-packages', path), text);
  }
  const bench = write(join(root, 'bin', 'trtllm-bench'), `#!${join(root, 'bin', 'python3')}\n`);
  chmodSync(bench, 0o755);
  return dirname(bench);
}

async function benchForm(app: TestServices, changes: Partial<LaunchForm>): Promise<LaunchForm> {
  const form = defaultForm(await app.recipes.get('tensorrt-llm-throughput'));
  return { ...form, ...changes, parameters: { ...form.parameters, ...changes.parameters } };
}

test('the machine, the installed engine and the user’s files are asked, and each says what is wrong', async () => {
  const home = folder();
  const bin = installed({
    'tensorrt_llm/version.py': '__version__ = "1.3.0rc9"\n',
    'tensorrt_llm/_torch/pyexecutor/py_executor.py': 'if self.iter_counter in self.profile_start_iters:\n',
    'tensorrt_llm/_torch/models/modeling_gpt_oss.py': "os.environ.get('ENABLE_PERFECT_ROUTER')\n",
    'tensorrt_llm/bench/dataset/prepare_dataset.py': '@click.group(name="prepare-dataset")\n',
    'nvidia_cuda_runtime-14.0.1.dist-info/METADATA': '',
  });
  const app = makeServices(home, { PATH: bin, HF_TOKEN: 'secret' }, compileFakeNvml(folder()));
  open.push(app);
  const model = join(folder(), 'model');
  write(
    join(model, 'config.json'),
    '{"architectures":["DeepseekV3ForCausalLM"],"n_routed_experts":256,"scoring_func":"sigmoid","n_group":8}',
  );
  const options = write(join(folder(), 'mine.yaml'), 'speculative_config:\n  decoding_type: MTP\n');
  const placement = write(join(folder(), 'placement.yaml'), 'num_slots: 257\n');
  const form = await benchForm(app, {
    window: '100+20',
    torchTrace: true,
    timing: true,
    perfectRouter: true,
    parameters: {
      model,
      tp: 2,
      'extra-options': options,
      'load-balancer': placement,
      'attention-dp': 'true',
      'iteration-log': 'true',
    },
  });
  const { findings, facts } = await app.launchCheck.check(form);
  expect(new Set(findings.map(({ code }) => code))).toEqual(
    new Set([
      ...['gpu-shared', 'gpu-slowed', 'gpu-power-limit', 'gpu-divided', 'driver-old'],
      ...['era-differs', 'trace-shared', 'placement', 'warm-up', 'window-drafts', 'iteration-log-stall'],
      ...['router-model', 'router-drafts', 'router-unaware', 'random-tokens', 'timing-cost', 'not-forwarded'],
    ]),
  );
  const said = (code: string): string => findings.find((found) => found.code === code)?.message ?? '';
  expect(said('gpu-power-limit')).toMatch(/GPU 0 .* may draw 650 W of the 700 W/);
  expect(said('gpu-divided')).toMatch(/GPU 1 /);
  expect(said('driver-old')).toMatch(/Driver 999\.10\.01 serves CUDA 13\.0 at most, .* CUDA 14\.0/);
  expect(said('placement')).toMatch(/257 slots, which do not divide by 2 ranks/);
  expect(said('era-differs')).toMatch(/1\.3\.0rc9 counts windows as e2 does, and the form says e1/);
  expect(facts).toEqual(
    expect.arrayContaining([
      { label: 'TensorRT-LLM', value: '1.3.0rc9, windows as in e2' },
      { label: 'Driver', value: '999.10.01, serves CUDA 13.0' },
      { label: 'CUDA runtime', value: '14.0' },
      { label: 'Model', value: 'DeepseekV3ForCausalLM, 256 experts per layer' },
    ]),
  );

  // One GPU that is shown, a later engine, and nothing that disturbs: what was wrong is gone.
  const { 'extra-options': _options, 'load-balancer': _placement, ...rest } = form.parameters;
  const again = await app.launchCheck.check({
    ...form,
    perfectRouter: false,
    extraEnvironment: [{ name: 'CUDA_VISIBLE_DEVICES', value: '0' }],
    parameters: { ...rest, tp: 1, era: 'e2', warmup: 0, 'iteration-log': 'false' },
  });
  expect(new Set(again.findings.map(({ code }) => code))).toEqual(
    new Set(['gpu-shared', 'gpu-slowed', 'gpu-power-limit', 'driver-old']),
  );
});
