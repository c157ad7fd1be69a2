// SPDX-License-Identifier: Apache-2.0
export { DiagnosticsDialog } from './DiagnosticsDialog.tsx';
export { InfoDialog } from './InfoDialog.tsx';
export { SettingsView } from './SettingsView.tsx';
export { ThemeSwitch } from './ThemeSwitch.tsx';
export { applyTheme } from './theme.ts';
