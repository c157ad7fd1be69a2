// SPDX-License-Identifier: Apache-2.0
import { create } from 'zustand';
import { defaultSettings } from '#shared/contract/default-settings.ts';
import type { Settings, SettingsState } from '#shared/contract/settings.ts';

/** What is used until the stored settings arrive, and when there are none. */
export const useSettings = create<SettingsState>(() => ({
  settings: defaultSettings,
  problem: null,
  writable: true,
}));

export function takeSettings(state: SettingsState): void {
  useSettings.setState(state);
}

export function changeSettings(settings: Settings): void {
  useSettings.setState({ settings });
}
