// SPDX-License-Identifier: Apache-2.0
import { mkdirSync } from 'node:fs';
import type { Platform } from '../ports/platform.ts';

/** What runs print and traces hold is for their user alone: other accounts of the machine cannot enter the folders. */
const MODE = 0o700;

/**
 * Makes the application's own folders where they are missing. Those that are there keep the permissions that somebody gave
 * them; one that cannot be made says so with the first thing that is written there.
 */
export function makePrivateFolders(
  platform: Pick<Platform, 'dataFolder' | 'cacheFolder' | 'configFolder'>,
): void {
  for (const folder of [platform.dataFolder, platform.cacheFolder, platform.configFolder]) {
    try {
      mkdirSync(folder, { recursive: true, mode: MODE });
    } catch {
      // A read-only home still shows what is there.
    }
  }
}
