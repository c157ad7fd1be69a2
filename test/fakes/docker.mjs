// SPDX-License-Identifier: Apache-2.0
// A test double of the docker client: options, words and exit codes as the real one has them; the containers belong to
// the daemon of docker-daemon.ts, not to this process, so that killing it leaves them running.
import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';

const VALUED = new Set(['name', 'network', 'gpus', 'device', 'shm-size', 'user', 'userns', 'mount', 'env']);
for (const name of ['workdir', 'entrypoint', 'format']) VALUED.add(name);
const SWITCHES = new Set(['rm', 'init', 'force', 'volumes']);
/** As the real client tells of failures before a container runs. */
const CLIENT_FAILED = 125;

/** @param {string} message @param {number} code @returns {never} */
function fail(message, code) {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}

/**
 * @param {string[]} args
 * @returns {{ options: Record<string, string[]>, rest: string[] }}
 */
function parse(args) {
  /** @type {Record<string, string[]>} */
  const options = {};
  let at = 0;
  for (; args[at]?.startsWith('--') === true; at += 1) {
    const name = (args[at] ?? '').slice(2);
    if (SWITCHES.has(name)) options[name] = ['true'];
    else if (VALUED.has(name)) options[name] = [...(options[name] ?? []), args[(at += 1)] ?? ''];
    else fail(`unknown flag: --${name}\n\nRun 'docker run --help' for more information`, CLIENT_FAILED);
  }
  return { options, rest: args.slice(at) };
}

/** A variable without a value is the client's own. @param {string} text @returns {[string, string][]} */
function variable(text) {
  const [name = '', ...rest] = text.split('=');
  if (rest.length > 0) return [[name, rest.join('=')]];
  const value = process.env[name];
  return value === undefined ? [] : [[name, value]];
}

const [command = '', ...args] = process.argv.slice(2);
const socket = createConnection(process.env['FAKE_DOCKER_SOCKET'] ?? '/nowhere');
socket.on('error', () => {
  const message =
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?';
  fail(command === 'run' ? `docker: ${message}` : message, command === 'run' ? CLIENT_FAILED : 1);
});
/** @param {unknown} message */
const send = (message) => socket.write(`${JSON.stringify(message)}\n`);

if (command === 'run') {
  const { options, rest } = parse(args);
  const [image, ...words] = rest;
  const env = (options['env'] ?? []).flatMap(variable);
  send({ op: 'run', options, image, words, env });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
    process.on(signal, () => send({ op: 'signal', name: options['name']?.[0], signal }));
  }
} else if (command === 'rm') {
  send({ op: 'rm', name: parse(args).rest[0] });
} else {
  // `version` and `image inspect NAME`.
  send({ op: command, name: args.at(-1) });
}
createInterface({ input: socket }).on('line', (line) => {
  const { out, err, code } = JSON.parse(line);
  if (out !== undefined) process.stdout.write(out);
  if (err !== undefined) process.stderr.write(err);
  if (code !== undefined) process.exit(code);
});
