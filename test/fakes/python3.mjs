// SPDX-License-Identifier: Apache-2.0
// A test double of `python3 -m tensorrt_llm.serve.scripts.benchmark_serving`: it loads a server with real requests.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeOptions } from './lib/click.mjs';

const MODULE = 'tensorrt_llm.serve.scripts.benchmark_serving';
const [flag, module, ...words] = process.argv.slice(2);
if (flag !== '-m' || module !== MODULE) {
  process.stderr.write(`python3: No module named ${module ?? ''}\n`);
  process.exit(1);
}
const names =
  'model backend host port dataset-name random-input-len random-output-len num-prompts max-concurrency';
const { options } = takeOptions(
  {
    usage: 'benchmark_serving.py',
    valued: [...names.split(' '), 'result-dir', 'result-filename', 'percentile-metrics', 'endpoint'],
    switches: ['random-ids', 'ignore-eos', 'save-result', 'non-streaming', 'profile'],
  },
  words,
);
const prompts = Number(options['num-prompts'] ?? 10);
const url = `http://${options['host'] ?? 'localhost'}:${options['port'] ?? '8000'}/v1/completions`;
process.stdout.write('Starting initial single prompt test run...\n');
/** @type {number[]} */
const latencies = [];
let failed = 0;
const startedAt = performance.now();
for (let done = 0; done < prompts; done += 1) {
  const askedAt = performance.now();
  const answer = await fetch(url, { method: 'POST', body: '{}' }).catch(() => undefined);
  if (answer?.ok === true) latencies.push(performance.now() - askedAt);
  else failed += 1;
  process.stderr.write(
    `\r${Math.round((100 * (done + 1)) / prompts)}%|####| ${done + 1}/${prompts} [00:01<00:00]`,
  );
}
process.stderr.write('\n');
const seconds = (performance.now() - startedAt) / 1000;
const mean = latencies.reduce((sum, latency) => sum + latency, 0) / latencies.length;
process.stdout.write(
  '============ Serving Benchmark Result ============\n' +
    `Total requests:                          ${prompts}        \n` +
    `Successful requests:                     ${latencies.length}        \n` +
    `Failed requests:                         ${failed}         \n` +
    `Request throughput (req/s):              ${(latencies.length / seconds).toFixed(2)}      \n` +
    `Output token throughput (tok/s):         ${((8 * latencies.length) / seconds).toFixed(2)}   \n` +
    `Mean E2EL (ms):                          ${mean.toFixed(2)}    \n` +
    '==================================================\n',
);
if (options['save-result'] === 'true') {
  const result = { completed: latencies.length, duration: seconds, mean_e2el_ms: mean };
  const rates = {
    request_throughput: latencies.length / seconds,
    output_throughput: (8 * latencies.length) / seconds,
  };
  const name = options['result-filename'] ?? 'result.json';
  writeFileSync(join(options['result-dir'] ?? '.', name), JSON.stringify({ ...result, ...rates }));
}
