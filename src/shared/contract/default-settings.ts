// SPDX-License-Identifier: Apache-2.0
import type { Settings } from './settings.ts';

/** What holds until the user chooses; without the schema library, since the window needs it at once. */
export const defaultSettings: Settings = {
  version: 2,
  theme: 'system',
  era: null,
  telemetryHz: 2,
  notifications: true,
  cacheLimitGib: 20,
};
