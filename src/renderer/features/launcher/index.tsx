// SPDX-License-Identifier: Apache-2.0
export { LauncherView } from './LauncherView.tsx';
export { launch } from './actions.ts';
