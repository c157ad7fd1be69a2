// SPDX-License-Identifier: Apache-2.0
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { ErrorCode } from '#shared/base/errors.ts';
import type { Bridge } from '#shared/contract/bridge.ts';
import {
  dropMethod,
  enginePortChannel,
  enginePortMessage,
  eventChannel,
  eventNames,
  methodChannel,
  methodNames,
} from '#shared/contract/methods.ts';

/** The bridge, derived from the contract's names. No logic: only what the contract names can pass. */

const methods: ReadonlySet<string> = new Set(methodNames.filter((name) => name !== dropMethod));
const events: ReadonlySet<string> = new Set(eventNames);

type Reply = ReturnType<Bridge['invoke']>;

const refuse = (code: ErrorCode, message: string): Reply =>
  Promise.resolve({ ok: false, error: { code, message } });

const bridge: Bridge = {
  invoke: (method, input) => {
    if (!methods.has(method)) return refuse('request.unknown-method', `There is no method "${method}".`);
    return ipcRenderer.invoke(methodChannel(method), input) as Reply;
  },
  subscribe: (event, listener) => {
    if (!events.has(event)) return () => undefined;
    const forward = (_event: unknown, payload: unknown): void => {
      listener(payload);
    };
    ipcRenderer.on(eventChannel(event), forward);
    return () => {
      ipcRenderer.off(eventChannel(event), forward);
    };
  },
  openFiles: (files) => {
    const held = files.filter((file) => file instanceof File);
    const paths = held.map((file) => webUtils.getPathForFile(file)).filter((path) => path !== '');
    if (paths.length > 0) return ipcRenderer.invoke(methodChannel(dropMethod), { paths }) as Reply;
    const message =
      'What was dropped has no path on this machine. Save it as a file first, then drop the file.';
    return refuse('source.no-path', message);
  },
  requestEnginePort: () => {
    ipcRenderer.send(enginePortChannel);
  },
};

ipcRenderer.on(enginePortChannel, (event) => {
  // Ports cross into the page only as transferred objects of a message of its own window.
  window.postMessage(enginePortMessage, window.location.origin, event.ports);
});

contextBridge.exposeInMainWorld('iterscope', bridge);
