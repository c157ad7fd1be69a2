// SPDX-License-Identifier: Apache-2.0
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { Bridge } from '#shared/contract/bridge.ts';
import {
  enginePortChannel,
  enginePortMessage,
  eventChannel,
  eventNames,
  methodChannel,
  methodNames,
} from '#shared/contract/methods.ts';

/** The bridge, derived from the contract's names. No logic: only what the contract names can pass. */

const methods: ReadonlySet<string> = new Set(methodNames);
const events: ReadonlySet<string> = new Set(eventNames);

const bridge: Bridge = {
  invoke: (method, input) => {
    if (!methods.has(method)) {
      const message = `There is no method "${method}".`;
      return Promise.resolve({ ok: false, error: { code: 'request.unknown-method', message } });
    }
    return ipcRenderer.invoke(methodChannel(method), input) as ReturnType<Bridge['invoke']>;
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
  pathOfFile: (file) => (file instanceof File ? webUtils.getPathForFile(file) : ''),
  requestEnginePort: () => {
    ipcRenderer.send(enginePortChannel);
  },
};

ipcRenderer.on(enginePortChannel, (event) => {
  // Ports cross into the page only as transferred objects of a message of its own window.
  window.postMessage(enginePortMessage, window.location.origin, event.ports);
});

contextBridge.exposeInMainWorld('iterscope', bridge);
