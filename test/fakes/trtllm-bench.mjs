// SPDX-License-Identifier: Apache-2.0
// A test double of trtllm-bench: its options, files, words and ways to fail; nothing is computed.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hang, pause, takeOptions, trouble, usageError } from './lib/click.mjs';
import { info, iterationLine, loadModel, speed } from './lib/engine.mjs';

const BENCH =
  'backend engine_dir extra_llm_api_options sampler_options max_batch_size max_num_tokens max_seq_len';
const MORE =
  'beam_width kv_cache_free_gpu_mem_fraction dataset eos_id modality max_input_len num_requests warmup';
const REST = 'target_input_len target_output_len tp pp ep cluster_size concurrency report_json iteration_log';
const LAST = 'output_json request_json scheduler_policy medusa_choices';
const valued = [BENCH, MORE, REST, LAST].join(' ').split(' ');
const switches = ['streaming', 'enable_chunked_context', 'disable_chunked_context', 'no_skip_tokenizer_init'];

const global = takeOptions(
  { usage: 'trtllm-bench', valued: ['model', 'm', 'model_path', 'workspace', 'w', 'log_level', 'revision'] },
  process.argv.slice(2),
);
const model = global.options['model'] ?? global.options['m'];
if (model === undefined) usageError('trtllm-bench', "Missing option '-m' / '--model'.");
const [command = '', ...args] = global.rest;
if (command === 'prepare-dataset' || command === 'dataset') prepare(args);
else if (command === 'throughput' || command === 'latency') await bench();
else usageError('trtllm-bench', `No such command '${command}'.`);

/** @param {readonly string[]} words */
function prepare(words) {
  const usage = `trtllm-bench ${command}`;
  const group = takeOptions(
    { usage, valued: ['output', 'random-seed', 'task-id', 'log-level'], switches: ['trust-remote-code'] },
    words,
  );
  const [kind = '', ...more] = group.rest;
  const names = {
    'token-norm-dist': ['num-requests', 'input-mean', 'input-stdev', 'output-mean', 'output-stdev'],
    'token-unif-dist': ['num-requests', 'input-min', 'input-max', 'output-min', 'output-max'],
  }[kind];
  if (names === undefined) usageError(usage, `No such command '${kind}'.`);
  const { options } = takeOptions({ usage: `${usage} ${kind}`, valued: names }, more);
  const missing = names.find((name) => options[name] === undefined);
  if (missing !== undefined) usageError(`${usage} ${kind}`, `Missing option '--${missing}'.`);
  const count = Number(options['num-requests']);
  const length = Number(options['input-mean'] ?? options['input-max']);
  const rows = Array.from({ length: count }, (_, task_id) =>
    JSON.stringify({ task_id, input_ids: Array.from({ length }, () => 1), output_tokens: 8 }),
  );
  if (trouble() === 'slow-dataset') setInterval(() => undefined, 60_000);
  writeFileSync(group.options['output'] ?? 'preprocessed_dataset.json', `${rows.join('\n')}\n`);
  process.stdout.write(`Wrote ${count} requests\n`);
}

async function bench() {
  const usage = `trtllm-bench ${command}`;
  const { options } = takeOptions({ usage, valued, switches }, args);
  const dataset = options['dataset'] ?? '';
  if (!existsSync(dataset))
    usageError(usage, `Invalid value for '--dataset': Path '${dataset}' does not exist.`);
  await loadModel(model ?? '');
  const requests = readFileSync(dataset, 'utf8').trim().split('\n').length;
  for (let iteration = 1; iteration <= 20; iteration += 1) {
    iterationLine(iteration, requests);
    await pause(5);
    if (trouble() === 'die' && iteration === 10) process.kill(process.pid, 'SIGSEGV');
    if (trouble() === 'hang-late' && iteration === 10) await hang();
  }
  report(requests, options);
}

/** @param {number} requests @param {Record<string, string>} options */
function report(requests, options) {
  const rule = '===========================================================';
  info('');
  process.stdout.write(
    `\n${rule}\n= PERFORMANCE OVERVIEW \n${rule}\n` +
      'Request Throughput (req/sec):                     25.0000\n' +
      'Total Output Throughput (tokens/sec):             3200.0000\n' +
      'Total Latency (ms):                               40000.0000\n\n' +
      '[Latency] P50    : 24000.0000\n[Latency] P99    : 39500.0000\n',
  );
  if (options['report_json'] !== undefined) {
    const performance = {
      request_throughput_req_s: 25.00002 * speed(),
      system_output_throughput_tok_s: 3200.003 * speed(),
      total_latency_ms: 40000.00001 / speed(),
      request_latency_percentiles_ms: { p50: 24000.1 / speed(), p99: 39500.3 / speed() },
    };
    const streaming_metrics = {
      avg_ttft_ms: 80 / speed(),
      ttft_percentiles: { p50: 75 / speed(), p99: 140 / speed() },
      avg_tpot_ms: 6 / speed(),
      tpot_percentiles: { p50: 5.8 / speed(), p99: 7 / speed() },
    };
    const report = {
      performance,
      request_info: { num_requests: requests },
      ...(options['streaming'] === 'true' && { streaming_metrics }),
    };
    writeFileSync(options['report_json'], JSON.stringify(report));
  }
  if (options['request_json'] !== undefined) writeFileSync(options['request_json'], '[]');
  if (options['iteration_log'] !== undefined) {
    const line = "{'iter': 0, 'iterLatencyMS': 10.0, 'numActiveRequests': 4, 'numQueuedRequests': 0}\n";
    writeFileSync(options['iteration_log'], line.repeat(20));
  }
}
