// SPDX-License-Identifier: Apache-2.0
// A test double of trtllm-serve: its options, endpoints, words and ways to fail; nothing is computed.
import { createServer } from 'node:http';
import { hang, pause, takeOptions, trouble, usageError } from './lib/click.mjs';
import { info, iterationLine, loadModel } from './lib/engine.mjs';

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
  } else if (request.method === 'POST' && /^\/(start|stop)_profile$/.test(pathname)) {
    info(`Profiling ${pathname.includes('start') ? 'started' : 'stopped'} at iteration ${iteration}.`);
    response.writeHead(200).end();
  } else if (request.method === 'POST' && pathname === '/v1/completions') {
    void complete(response);
  } else response.writeHead(404).end();
});

/** @param {import('node:http').ServerResponse} response */
async function complete(response) {
  iteration += 1;
  iterationLine(iteration, 1);
  if (trouble() === 'die-under-load' && iteration === 5) {
    process.stderr.write('Fatal Python error: Segmentation fault\n');
    process.kill(process.pid, 'SIGSEGV');
  }
  if (trouble() === 'stall-under-load' && iteration === 5) await hang();
  await pause(5);
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
