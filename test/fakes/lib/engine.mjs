// SPDX-License-Identifier: Apache-2.0
// What an engine prints and checks while it loads and works, in the words of TensorRT-LLM's logger.
import { existsSync, writeFileSync } from 'node:fs';
import { hang, trouble } from './click.mjs';

/** How fast the double is, against 1 as ever: FAKE_SPEED. @returns {number} */
export const speed = () => Number(process.env['FAKE_SPEED'] ?? '1');

/** @param {string} text */
export const info = (text) => process.stdout.write(`[01/14/2026-10:02:11] [TRT-LLM] [I] ${text}\n`);

/** Loads a model: a folder where it is given as a path. @param {string} model @returns {Promise<void>} */
export async function loadModel(model) {
  info('Starting TensorRT LLM init.');
  if (model.startsWith('/') && !existsSync(model)) {
    process.stderr.write(
      'Traceback (most recent call last):\n  File "hub.py", line 1, in validate\n' +
        `OSError: ${model} is not a local folder and is not a valid model identifier\n`,
    );
    process.exit(1);
  }
  if (trouble() === 'out-of-memory') {
    process.stderr.write(
      'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 14.00 GiB. GPU 0 has a total capacity of 79.11 GiB\n',
    );
    process.exit(1);
  }
  if (trouble() === 'hang') await hang();
  info('Loading weights concurrently: 100%');
  tuneKernels();
  if (process.env['ENABLE_PERFECT_ROUTER'] === '1') {
    info('Perfect router cache initialized: 22 entries, 1.50 MB memory usage');
  }
}

/** The autotuner reads what another load has found, else it measures and leaves that behind. */
function tuneKernels() {
  const path = process.env['TLLM_AUTOTUNER_CACHE_PATH'];
  if (path !== undefined && existsSync(path)) info('[Autotuner] Loaded the cache');
  else {
    info('[Autotuner] Profiling every shape');
    if (path !== undefined) writeFileSync(path, '{}');
  }
}

/** The line of one iteration of the seed era. @param {number} iteration @param {number} generating */
export function iterationLine(iteration, generating) {
  const step = ((10 + (iteration % 3)) / speed()).toFixed(3);
  info(
    `iter = ${iteration}, global_rank = 0, rank = 0, currank_total_requests = 0/0, host_step_time = ${step}ms, ` +
      `prev_device_step_time = ${iteration === 1 ? 'N/A' : '9.5ms'}, timestamp = 2026-01-14 10:02:58, ` +
      `num_scheduled_requests: ${generating}, states = {'num_ctx_requests': 0, 'num_ctx_tokens': 0, 'num_generation_tokens': ${generating}}`,
  );
}
