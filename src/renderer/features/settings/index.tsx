// SPDX-License-Identifier: Apache-2.0
export { InfoDialog } from './InfoDialog.tsx';
export { ThemeSwitch } from './ThemeSwitch.tsx';
export { applyTheme } from './theme.ts';
