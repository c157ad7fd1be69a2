// SPDX-License-Identifier: Apache-2.0
import { app } from 'electron';
import type { AppInfo } from '#shared/contract/app.ts';
import type { Services } from '../composition.ts';

/** What a bug report needs to know of this installation. */
export function appInfo({ platform, log, nativeVersion, storeVersion }: Services): AppInfo {
  return {
    version: app.getVersion(),
    electron: process.versions.electron,
    chrome: process.versions.chrome,
    node: process.versions.node,
    native: nativeVersion,
    storeFormat: storeVersion.toString(),
    platform: `${process.platform} ${process.arch}`,
    os: platform.host.os,
    folders: {
      data: platform.dataFolder,
      cache: platform.cacheFolder,
      config: platform.configFolder,
      logs: log.folder,
    },
  };
}
