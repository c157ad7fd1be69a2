// SPDX-License-Identifier: Apache-2.0
import './run.css';

export { cancelRun, showEnd } from './actions.ts';
export { useManifest } from './hooks.ts';
export { LiveView } from './LiveView.tsx';
export { LogView } from './log/LogView.tsx';
export { Overview } from './Overview.tsx';
export { RunHeader } from './RunHeader.tsx';
