// SPDX-License-Identifier: Apache-2.0
import { create } from 'zustand';
import type { Settings } from '#shared/contract/app.ts';

interface SettingsState {
  readonly settings: Settings;
}

/** What is used until the stored settings arrive, and when there are none. */
export const useSettings = create<SettingsState>(() => ({ settings: { version: 1, theme: 'system' } }));

export function takeSettings(settings: Settings): void {
  useSettings.setState({ settings });
}
