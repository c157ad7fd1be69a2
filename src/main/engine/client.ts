// SPDX-License-Identifier: Apache-2.0
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { IterscopeError } from '#shared/base/errors.ts';
import type { Source } from '#shared/contract/app.ts';
import type {
  EngineInput,
  EngineMethod,
  EngineOutputs,
  EngineProgress,
  EngineReply,
} from '#shared/contract/engine.ts';
import type { Engine, EngineCallOptions, EngineProcess } from '../ports/engine.ts';
import type { EngineFolders } from '../ports/platform.ts';

interface Pending {
  resolve(value: unknown): void;
  reject(reason: Error): void;
  onProgress(progress: EngineProgress): void;
}

/**
 * Asks the engine on behalf of the main process. When the engine dies, calls in flight fail with
 * `engine.crashed`, and the next call starts a new one that knows the same sources.
 */
export class EngineClient implements Engine {
  readonly #spawn: () => EngineProcess;
  readonly #onRestart: (reason: string) => void;
  readonly #sources = new Map<string, Source>();
  readonly #pending = new Map<number, Pending>();
  #process: EngineProcess | undefined;
  #closed = false;
  #nextId = 1;

  /** `onRestart` is told when a running engine was lost. */
  constructor(spawn: () => EngineProcess, onRestart: (reason: string) => void = () => undefined) {
    this.#spawn = spawn;
    this.#onRestart = onRestart;
  }

  /** The running engine; started when there is none. */
  get process(): EngineProcess {
    this.#process ??= this.#start();
    return this.#process;
  }

  async register(source: Source): Promise<void> {
    this.#sources.set(source.sourceId, source);
    await this.#tell({ type: 'source', source });
  }

  async registerTarget(path: string): Promise<string> {
    const targetId = randomUUID();
    await this.#tell({ type: 'target', targetId, path });
    return targetId;
  }

  async call<M extends EngineMethod>(
    method: M,
    input: EngineInput<M>,
    options: EngineCallOptions = {},
  ): Promise<EngineOutputs[M]> {
    const engine = this.process;
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const cancel = (): void => {
        engine.post({ type: 'cancel', id });
      };
      options.signal?.addEventListener('abort', cancel, { once: true });
      const settle = (): void => {
        options.signal?.removeEventListener('abort', cancel);
        this.#pending.delete(id);
      };
      this.#pending.set(id, {
        resolve: (value) => {
          settle();
          // Typed by the same contract on the other side.
          resolve(value as EngineOutputs[M]);
        },
        reject: (reason) => {
          settle();
          reject(reason);
        },
        onProgress: options.onProgress ?? (() => undefined),
      });
      engine.post({ type: 'call', id, method, input });
      if (options.signal?.aborted === true) cancel();
    });
  }

  /** Something that the engine has to know before it is asked about it. */
  async #tell(message: object): Promise<void> {
    const engine = this.process;
    const id = this.#nextId++;
    try {
      await new Promise<unknown>((resolve, reject) => {
        this.#pending.set(id, { resolve, reject, onProgress: () => undefined });
        engine.post({ ...message, id });
      });
    } finally {
      this.#pending.delete(id);
    }
  }

  close(): void {
    this.#closed = true;
    this.#process?.kill();
  }

  #start(): EngineProcess {
    const engine = this.#spawn();
    engine.onMessage((message) => {
      this.#receive(message as EngineReply);
    });
    engine.onExit((reason) => {
      if (this.#process !== engine) return;
      this.#process = undefined;
      this.#failAll(reason);
      if (!this.#closed) this.#onRestart(reason);
    });
    for (const source of this.#sources.values()) engine.post({ type: 'source', id: 0, source });
    return engine;
  }

  #receive(reply: EngineReply): void {
    if (reply.type === 'hello') return;
    const call = this.#pending.get(reply.id);
    if (call === undefined) return;
    if (reply.type === 'progress') call.onProgress(reply.progress);
    else if (reply.type === 'value') call.resolve(reply.value);
    else call.reject(new IterscopeError(reply.error));
  }

  #failAll(reason: string): void {
    const message = `The trace engine stopped (${reason}) while it worked on this; no run is affected. Open the file again.`;
    for (const call of [...this.#pending.values()]) {
      call.reject(new IterscopeError({ code: 'engine.crashed', message }));
    }
  }
}

/** Starts the engine as a child of plain Node: for the command line and tests. */
export function forkEngine(script: string, folders: EngineFolders): EngineProcess {
  const { nativeFolder, cacheFolder, configFolder } = folders;
  const child = fork(script, [nativeFolder, cacheFolder, configFolder], {
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  // What is sent to one that has just died is answered by its exit.
  child.on('error', () => undefined);
  return {
    post: (message) => {
      child.send(message as object);
    },
    onMessage: (listener) => {
      child.on('message', listener);
    },
    onExit: (listener) => {
      child.on('exit', (code, signal) => {
        listener(signal ?? `exit code ${String(code)}`);
      });
    },
    kill: () => {
      child.kill();
    },
  };
}
