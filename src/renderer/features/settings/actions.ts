// SPDX-License-Identifier: Apache-2.0
import type { Settings } from '#shared/contract/settings.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { notifyFailure } from '#renderer/stores/notices.ts';
import { changeSettings, useSettings } from '#renderer/stores/settings.ts';

/** Changes settings at once and stores them; where storing fails, they hold until the window closes. */
export async function changeSetting(change: Partial<Omit<Settings, 'version'>>): Promise<void> {
  const settings = { ...useSettings.getState().settings, ...change };
  changeSettings(settings);
  try {
    await invoke('settings.set', settings);
  } catch (thrown) {
    notifyFailure(thrown);
  }
}
