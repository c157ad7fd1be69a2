// SPDX-License-Identifier: Apache-2.0
import { ipcMain, MessageChannelMain, utilityProcess } from 'electron';
import type { UtilityProcess } from 'electron';
import { enginePortChannel } from '#shared/contract/methods.ts';
import type { EngineProcess } from '../ports/engine.ts';
import type { EngineFolders } from '../ports/platform.ts';
import { isAppAddress } from './security.ts';

/** The engine as a utility process, which can also be handed a window's port. */
export interface UtilityEngine extends EngineProcess {
  readonly utility: UtilityProcess;
}

export function spawnEngine(script: string, folders: EngineFolders): UtilityEngine {
  const { nativeFolder, cacheFolder, configFolder } = folders;
  const utility = utilityProcess.fork(script, [nativeFolder, cacheFolder, configFolder], {
    serviceName: 'Iterscope engine',
    stdio: 'inherit',
  });
  return {
    utility,
    post: (message) => {
      utility.postMessage(message);
    },
    onMessage: (listener) => {
      utility.on('message', listener);
    },
    onExit: (listener) => {
      utility.on('exit', (code) => {
        listener(`exit code ${code}`);
      });
    },
    kill: () => {
      utility.kill();
    },
  };
}

/** Gives a window that asks for it a port of its own to the engine. */
export function serveEnginePorts(engine: () => UtilityEngine): void {
  ipcMain.on(enginePortChannel, (event) => {
    const frame = event.senderFrame;
    if (frame?.parent !== null || !isAppAddress(frame.url)) return;
    const { port1, port2 } = new MessageChannelMain();
    engine().utility.postMessage({ type: 'port' }, [port1]);
    frame.postMessage(enginePortChannel, null, [port2]);
  });
}
