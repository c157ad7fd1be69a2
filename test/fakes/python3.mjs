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
const sorted = latencies.toSorted((a, b) => a - b);
/** The server answers in one piece: its tokens share the time of the whole. */
const SHARES = { ttft: 1 / 8, tpot: 1 / 8, itl: 1 / 8, e2el: 1 };
/** @param {keyof typeof SHARES} quantity @returns {Record<string, number>} */
const of = (quantity) => ({
  mean: SHARES[quantity] * mean,
  median: SHARES[quantity] * (sorted[Math.floor(sorted.length / 2)] ?? 0),
  p99: SHARES[quantity] * (sorted.at(-1) ?? 0),
});
/** @param {keyof typeof SHARES} quantity @param {'mean' | 'p99'} statistic */
const text = (quantity, statistic) => (of(quantity)[statistic] ?? 0).toFixed(2);
const quantities = /** @type {const} */ (['ttft', 'tpot', 'itl', 'e2el']);
process.stdout.write(
  '============ Serving Benchmark Result ============\n' +
    `Total requests:                          ${prompts}        \n` +
    `Successful requests:                     ${latencies.length}        \n` +
    `Failed requests:                         ${failed}         \n` +
    `Request throughput (req/s):              ${(latencies.length / seconds).toFixed(2)}      \n` +
    `Output token throughput (tok/s):         ${((8 * latencies.length) / seconds).toFixed(2)}   \n` +
    `Mean TTFT (ms):                          ${text('ttft', 'mean')}    \n` +
    `P99 TTFT (ms):                           ${text('ttft', 'p99')}    \n` +
    `Mean TPOT (ms):                          ${text('tpot', 'mean')}    \n` +
    `Mean ITL (ms):                           ${text('itl', 'mean')}    \n` +
    `Mean E2EL (ms):                          ${mean.toFixed(2)}    \n` +
    '==================================================\n',
);
if (options['save-result'] === 'true') {
  const latencyFigures = quantities.flatMap((quantity) =>
    Object.entries(of(quantity)).map(([statistic, value]) => [`${statistic}_${quantity}_ms`, value]),
  );
  const result = {
    completed: latencies.length,
    duration: seconds,
    ...Object.fromEntries(latencyFigures),
  };
  const rates = {
    request_throughput: latencies.length / seconds,
    output_throughput: (8 * latencies.length) / seconds,
  };
  const name = options['result-filename'] ?? 'result.json';
  writeFileSync(join(options['result-dir'] ?? '.', name), JSON.stringify({ ...result, ...rates }));
}
