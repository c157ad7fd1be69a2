// SPDX-License-Identifier: Apache-2.0
import { source as sourceSchema } from '#shared/contract/app.ts';
import type { EngineReply } from '#shared/contract/engine.ts';
import { z } from 'zod';
import { buildOf, loadNative } from './native.ts';
import { EngineServer } from './server.ts';

/**
 * The engine process: the only one that reads traces. Started by Electron as a utility process, or by
 * plain Node as a child with a message channel; both speak the same messages.
 */

const registration = z.object({ type: z.literal('source'), id: z.int(), source: sourceSchema });
const targetRegistration = z.object({
  type: z.literal('target'),
  id: z.int(),
  targetId: z.string(),
  path: z.string(),
});
const portAnnouncement = z.object({ type: z.literal('port') });

/** The parts of Electron's utility-process port that are used here. */
interface MessagePortLike {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown; ports?: MessagePortLike[] }) => void): void;
  start?(): void;
}

function parentPort(): MessagePortLike | undefined {
  return (process as unknown as { parentPort?: MessagePortLike }).parentPort;
}

function main(): void {
  const [, , nativeFolder, cacheFolder, configFolder] = process.argv;
  if (nativeFolder === undefined || cacheFolder === undefined || configFolder === undefined) {
    throw new Error('usage: engine NATIVE_FOLDER CACHE_FOLDER CONFIG_FOLDER');
  }
  const server = new EngineServer(loadNative(nativeFolder), {
    cacheFolder,
    configFolder,
    build: buildOf(nativeFolder),
  });
  const post = (reply: EngineReply): void => {
    const port = parentPort();
    if (port !== undefined) port.postMessage(reply);
    else process.send?.(reply);
  };
  const answerMain = server.serve({ post });
  const onMessage = (data: unknown, ports: readonly MessagePortLike[]): void => {
    const registered = registration.safeParse(data);
    const [port] = ports;
    if (registered.success) {
      server.register(registered.data.source);
      post({ type: 'value', id: registered.data.id, value: undefined });
      return;
    }
    const target = targetRegistration.safeParse(data);
    if (target.success) {
      server.registerTarget(target.data.targetId, target.data.path);
      post({ type: 'value', id: target.data.id, value: undefined });
      return;
    }
    if (port !== undefined && portAnnouncement.safeParse(data).success) serveWindow(server, port);
    else answerMain(data);
  };

  const utility = parentPort();
  if (utility === undefined) {
    process.on('message', (data) => {
      onMessage(data, []);
    });
    process.on('disconnect', () => {
      process.exit(0);
    });
  } else {
    utility.on('message', ({ data, ports }) => {
      onMessage(data, ports ?? []);
    });
  }
}

function serveWindow(server: EngineServer, port: MessagePortLike): void {
  const answer = server.serve({
    post: (reply) => {
      port.postMessage(reply);
    },
  });
  port.on('message', ({ data }) => {
    answer(data);
  });
  port.start?.();
}

main();
