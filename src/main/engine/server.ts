// SPDX-License-Identifier: Apache-2.0
import { IterscopeError } from '#shared/base/errors.ts';
import type { Source } from '#shared/contract/app.ts';
import { engineMessage, engineRequests, WINDOW_VERSION } from '#shared/contract/engine.ts';
import type { EngineInput, EngineMethod, EngineOutputs, EngineReply } from '#shared/contract/engine.ts';
import { ownBytes } from './bytes.ts';
import { ExpertSessions } from './experts.ts';
import type { CallContext, EngineHandlers } from './handlers.ts';
import { nativeFailure } from './native.ts';
import type { NativeModule } from './native.ts';
import { TraceExports } from './exporting.ts';
import { pointHandlers } from './points.ts';
import { searchHandlers } from './search.ts';
import { splitProcess, TraceSessions, type EnginePlaces } from './traces.ts';

/** One side of a conversation: a message port of the window, or the pipe to the main process. */
export interface Endpoint {
  post(reply: EngineReply): void;
}

type Handlers = EngineHandlers<EngineMethod>;

function isMethod(name: string): name is EngineMethod {
  return Object.hasOwn(engineRequests, name);
}

/** Answers the engine's questions for any number of askers. Holds what is open; does no analysis itself. */
export class EngineServer {
  readonly #traces: TraceSessions;
  readonly #experts: ExpertSessions;
  readonly #sources = new Map<string, Source>();
  readonly #exports: TraceExports;
  readonly #handlers: Handlers;

  constructor(native: NativeModule, places: EnginePlaces) {
    this.#traces = new TraceSessions(native, places);
    this.#experts = new ExpertSessions(native);
    this.#exports = new TraceExports(native);
    this.#handlers = this.#makeHandlers();
  }

  register(source: Source): void {
    this.#sources.set(source.sourceId, source);
  }

  /** Where one file may be written. */
  registerTarget(targetId: string, path: string): void {
    this.#exports.register(targetId, path);
  }

  /** Serves one asker: returns the function that takes its messages. */
  serve(endpoint: Endpoint): (message: unknown) => void {
    const running = new Map<number, AbortController>();
    endpoint.post({ type: 'hello', windowVersion: WINDOW_VERSION });
    return (raw) => {
      const parsed = engineMessage.safeParse(raw);
      if (!parsed.success) return;
      const message = parsed.data;
      if (message.type === 'cancel') {
        running.get(message.id)?.abort();
        return;
      }
      const { id, method, input } = message;
      const abort = new AbortController();
      running.set(id, abort);
      const context: CallContext = {
        signal: abort.signal,
        onProgress: (progress) => {
          if (running.has(id)) endpoint.post({ type: 'progress', id, progress });
        },
      };
      this.#answer(method, input, context)
        .then((value) => {
          endpoint.post({ type: 'value', id, value });
        })
        .catch((thrown: unknown) => {
          endpoint.post({ type: 'error', id, error: nativeFailure(thrown) });
        })
        .finally(() => running.delete(id));
    };
  }

  async #answer(method: string, input: unknown, context: CallContext): Promise<unknown> {
    if (!isMethod(method)) {
      const message = `The engine does not know the question "${method}".`;
      throw new IterscopeError({ code: 'request.unknown-method', message });
    }
    return this.#dispatch(method, input, context);
  }

  async #dispatch<M extends EngineMethod>(
    method: M,
    raw: unknown,
    context: CallContext,
  ): Promise<EngineOutputs[M]> {
    const parsed = engineRequests[method].safeParse(raw);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const message = `The question ${method} is malformed at ${issue?.path.join('.') ?? 'its top'}: ${issue?.message ?? 'unknown'}.`;
      throw new IterscopeError({ code: 'request.malformed', message });
    }
    // The schema that parsed it is the one of this method.
    const input = parsed.data as EngineInput<M>;
    return this.#handlers[method](this.#sourceOf(input.sourceId), input, context);
  }

  #sourceOf(sourceId: string): Source {
    const source = this.#sources.get(sourceId) ?? this.#processOf(sourceId);
    if (source === undefined) {
      const message =
        'This file was not opened by the application: open it through the menu, a drop or a run.';
      throw new IterscopeError({ code: 'source.unknown', message });
    }
    return source;
  }

  /** One process of a registered report. */
  #processOf(sourceId: string): Source | undefined {
    const part = splitProcess(sourceId);
    const whole = part === null ? undefined : this.#sources.get(part.sourceId);
    return whole === undefined || part === null ? undefined : { ...whole, sourceId, process: part.process };
  }

  #makeHandlers(): Handlers {
    const traces = this.#traces;
    const experts = this.#experts;
    return {
      'trace.ranks': (source, _input, { signal, onProgress }) => traces.ranks(source, signal, onProgress),
      'trace.open': (source, _input, { signal, onProgress }) => traces.open(source, signal, onProgress),
      'trace.close': (source) => {
        traces.close(source);
        return Promise.resolve(undefined);
      },
      'trace.window': async (source, { startNs, endNs, units, tracks }) => {
        const handle = await traces.handle(source);
        return ownBytes(await handle.window(startNs, endNs, units, Uint32Array.from(tracks)));
      },
      'trace.coverage': async (source, { startNs, endNs, units, groups }) => {
        const handle = await traces.handle(source);
        return ownBytes(await handle.coverage(startNs, endNs, units, groups));
      },
      'trace.names': async (source, { ids }) => {
        const handle = await traces.handle(source);
        return handle.names(Uint32Array.from(ids));
      },
      'trace.slice': async (source, { row }) => (await traces.handle(source)).slice(row),
      'trace.iterations': (source, { firstIndex }) => traces.iterations(source, firstIndex),
      'trace.topKernels': async (source, { limit }) => (await traces.handle(source)).topKernels(limit),
      'trace.groups': async (source, { selection, by, limit }) =>
        (await traces.handle(source)).groups(selection, by, limit),
      'trace.differences': async (source, { before, after, limit }) =>
        (await traces.handle(source)).differences(before, after, limit),
      'trace.operators': async (source, { selection, limit }) =>
        (await traces.handle(source)).operators(selection, limit),
      'trace.operatorWork': async (source, { selection, name, limit }) =>
        (await traces.handle(source)).operatorWork(selection, name, limit),
      'trace.variations': async (source, { first, last, firstIndex, limit }) =>
        (await traces.handle(source)).variations(first, last, firstIndex ?? 0, limit),
      'trace.deviceRanges': async (source, { startNs, endNs, gaps }) =>
        (await traces.handle(source)).deviceRanges(startNs, endNs, gaps),
      'trace.hta': async (source) => (await traces.handle(source)).hta(),
      'trace.queues': async (source, { startNs, endNs, parts }) =>
        (await traces.handle(source)).queues(startNs, endNs, parts),
      ...pointHandlers(traces),
      ...searchHandlers(traces),
      ...this.#exports.handlers(traces),
      'experts.open': (source) => experts.open(source),
      'experts.balance': (source, input) => experts.balance(source, input),
      'experts.histogram': (source, input) => experts.histogram(source, input),
      'experts.layerMetrics': (source, input, { signal }) => experts.layerMetrics(source, input, signal),
      'experts.heatmap': (source, input) => experts.heatmap(source, input),
      'experts.rankLoads': (source, input) => experts.rankLoads(source, input),
      'experts.vllmBalancedness': (source, input) => experts.vllmBalancedness(source, input),
      'experts.series': (source, input) => experts.series(source, input),
      'experts.perfectRouter': (source, input) => experts.perfectRouter(source, input),
      'experts.perfectLoad': (source, input) => experts.perfectLoad(source, input),
      'trace.expertTimes': async (source, { first, last, layers }) =>
        (await traces.handle(source)).expertTimes(first, last, layers),
      'experts.plan': (source, input) => experts.plan(source, input),
      'experts.judgePlan': (source, input) => experts.judgePlan(source, input),
    };
  }
}
