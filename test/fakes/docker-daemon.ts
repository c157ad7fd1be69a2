// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What the client of docker.mjs asks. */
interface Request {
  readonly op: string;
  readonly name?: string;
  readonly signal?: NodeJS.Signals;
  readonly options?: Readonly<Record<string, readonly string[]>>;
  readonly image?: string;
  readonly words?: readonly string[];
  readonly env?: readonly (readonly [string, string])[];
}

const VERSION = '28.2.2';
const refuse = (words: string): object => ({
  err: `docker: Error response from daemon: ${words}\n`,
  code: 125,
});

/** The id of an image: another one for each name. */
const imageId = (name: string): string => `sha256:${createHash('sha256').update(name).digest('hex')}`;

/**
 * A test double of the docker daemon: its containers are processes of its own, in groups of their own, with exactly
 * the environment that they were given. They outlive whoever asked for them.
 */
export class FakeDocker {
  readonly socketPath: string;
  /** Every container that was ever started, oldest first. */
  readonly started: Request[] = [];
  readonly #containers = new Map<string, ChildProcess>();
  readonly #images: ReadonlySet<string>;
  readonly #server: Server;

  constructor(folder: string, images: readonly string[]) {
    this.socketPath = join(folder, 'docker.sock');
    this.#images = new Set(images);
    this.#server = createServer((socket) => {
      socket.on('error', () => undefined);
      createInterface({ input: socket }).on('line', (line) => {
        this.#answer(JSON.parse(line) as Request, socket);
      });
    });
    this.#server.listen(this.socketPath);
  }

  /** Names of the containers that run. */
  get running(): string[] {
    return [...this.#containers.keys()];
  }

  /** A container that somebody started before. */
  adopt(name: string, program: string, args: readonly string[]): void {
    const child = spawn(program, [...args], { detached: true, stdio: 'ignore' });
    this.#containers.set(name, child);
  }

  close(): void {
    for (const name of this.running) this.#remove(name);
    this.#server.close();
  }

  #answer(request: Request, socket: Socket): void {
    const send = (message: object): void => {
      if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
    };
    const { op, name = '' } = request;
    if (op === 'run') this.#run(request, send);
    else if (op === 'signal') this.#containers.get(name)?.kill(request.signal);
    else if (op === 'version') send({ out: `${VERSION}\n`, code: 0 });
    else if (op === 'image')
      send(
        this.#images.has(name) ? { out: `${imageId(name)}\n`, code: 0 } : { err: 'No such image', code: 1 },
      );
    else if (this.#remove(name)) send({ out: `${name}\n`, code: 0 });
    else send({ err: `Error response from daemon: No such container: ${name}\n`, code: 1 });
  }

  #run(request: Request, send: (message: object) => void): void {
    const { options = {}, image = '', words = [], env = [] } = request;
    const name = options['name']?.[0] ?? '';
    if (!this.#images.has(image))
      return send(refuse(`pull access denied for ${image}, repository does not exist`));
    if (this.#containers.has(name))
      return send(refuse(`Conflict. The container name "/${name}" is already in use`));
    const [program = '', ...args] = [...(options['entrypoint'] ?? []), ...words];
    this.started.push(request);
    const child = spawn(program, args, {
      cwd: options['workdir']?.[0],
      env: Object.fromEntries(env),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#containers.set(name, child);
    child.stdout.on('data', (data: Buffer) => send({ out: data.toString() }));
    child.stderr.on('data', (data: Buffer) => send({ err: data.toString() }));
    child.on('error', () => {
      this.#containers.delete(name);
      send({ ...refuse(`exec: "${program}": executable file not found in $PATH`), code: 127 });
    });
    child.on('close', (code, signal) => {
      this.#containers.delete(name);
      send({ code: code ?? (signal === 'SIGKILL' ? 137 : signal === 'SIGINT' ? 130 : 143) });
    });
  }

  #remove(name: string): boolean {
    const pid = this.#containers.get(name)?.pid;
    if (pid === undefined) return false;
    this.#containers.delete(name);
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It had ended in the same moment.
    }
    return true;
  }
}
