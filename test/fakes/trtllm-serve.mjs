// SPDX-License-Identifier: Apache-2.0
// A test double of trtllm-serve: its options, endpoints, words and ways to fail; nothing is computed.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { hang, pause, takeOptions, trouble, usageError } from './lib/click.mjs';
import { info, iterationLine, loadModel, speed } from './lib/engine.mjs';

const names = 'host port backend log_level max_batch_size max_num_tokens max_seq_len tp_size pp_size ep_size';
const more = 'cluster_size gpus_per_node kv_cache_free_gpu_memory_fraction config extra_llm_api_options';
const command = {
  usage: 'trtllm-serve',
  valued: [...names.split(' '), ...more.split(' ')],
  switches: ['trust_remote_code', 'enable_chunked_prefill'],
};
const [model, ...words] = process.argv.slice(2);
if (model === undefined || model.startsWith('-')) usageError('trtllm-serve', "Missing argument 'MODEL'.");
const { options } = takeOptions(command, words);
const host = options['host'] ?? 'localhost';
const port = Number(options['port'] ?? 8000);

await loadModel(model);
if (trouble() === 'die-while-loading') {
  process.stderr.write('RuntimeError: Executor worker returned error\n');
  process.exit(1);
}
let iteration = 0;
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://server');
  if (pathname === '/health') {
    response.writeHead(trouble() === 'never-ready' ? 503 : 200).end();
  } else if (request.method === 'POST' && pathname === '/start_profile') {
    void startProfile(request, response);
  } else if (request.method === 'POST' && pathname === '/stop_profile') {
    if (window === undefined) response.writeHead(400).end('{"error":"no profile is running"}');
    else {
      writeTrace();
      response.writeHead(200).end();
    }
  } else if (request.method === 'POST' && pathname === '/v1/completions') {
    void complete(response);
  } else response.writeHead(404).end();
});

/**
 * What is being recorded: from its first iteration to before its last, into a folder.
 * @type {{ folder: string, from: number, to: number, steps: number[] } | undefined}
 */
let window;

/** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
async function startProfile(request, response) {
  if (window !== undefined) {
    response.writeHead(409).end('{"error":"a profile is running"}');
    return;
  }
  let text = '';
  for await (const part of request) text += String(part);
  const { output_dir: folder = '/tmp', start_step = 0, num_steps = Infinity } = JSON.parse(text);
  const from = iteration + 1 + start_step;
  window = { folder, from, to: from + num_steps, steps: [] };
  response.writeHead(200).end('{"status":"ok"}');
}

/** The iterations of the window as a Kineto trace: a step, its launch and its kernel, a millisecond each. */
function writeTrace() {
  if (window === undefined) return;
  const { folder, steps } = window;
  window = undefined;
  const traceEvents = steps.flatMap((step, at) => {
    const ts = 1000 * at;
    const name = `[Executor] _forward_step ${step}: 0 ctx reqs, 0 ctx tokens, 1 gen reqs`;
    const host = { ph: 'X', pid: 1, tid: 1, ts, dur: 900 };
    return [
      { ...host, name, cat: 'user_annotation' },
      { ...host, name: 'cudaLaunchKernel', cat: 'cuda_runtime', dur: 10, args: { correlation: step } },
      {
        ...{ ph: 'X', name: 'gemm', cat: 'kernel', pid: 0, tid: 7, ts: ts + 100, dur: 500 },
        args: { correlation: step, device: 0, stream: 7 },
      },
    ];
  });
  const name = `trtllm-trace-1767225600-${'0123abcd'}-rank-0.json`;
  writeFileSync(join(folder, name), JSON.stringify({ schemaVersion: 1, traceEvents }));
  info(`Profiling stopped at iteration ${iteration}, trace saved to ${join(folder, name)}`);
}

/** @param {import('node:http').ServerResponse} response */
async function complete(response) {
  iteration += 1;
  if (window !== undefined && iteration >= window.from) window.steps.push(iteration);
  if (window !== undefined && iteration + 1 >= window.to) writeTrace();
  iterationLine(iteration, 1);
  if (trouble() === 'die-under-load' && iteration === 5) {
    process.stderr.write('Fatal Python error: Segmentation fault\n');
    process.kill(process.pid, 'SIGSEGV');
  }
  if (trouble() === 'stall-under-load' && iteration === 5) await hang();
  await pause(5 / speed());
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"choices":[{"text":"a"}]}');
}

server.on('error', (error) => {
  const taken = 'code' in error && error.code === 'EADDRINUSE';
  process.stderr.write(
    taken ? `OSError: [Errno 98] Address already in use: ('${host}', ${port})\n` : `${error.message}\n`,
  );
  process.exit(1);
});
server.listen(port, host, () => info(`Uvicorn running on http://${host}:${port} (Press CTRL+C to quit)`));
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.on(signal, () => {
    info('Shutting down');
    process.exit(0);
  });
}
