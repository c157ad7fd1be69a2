// SPDX-License-Identifier: Apache-2.0
import { invoke, subscribe } from '#renderer/data/bridge.ts';
import { readComparisons } from '#renderer/features/compare/index.tsx';
import { showEnd } from '#renderer/features/run/index.tsx';
import { applyTheme } from '#renderer/features/settings/index.tsx';
import { takeComparisonProgress } from '#renderer/stores/comparisons.ts';
import { takeJobProgress } from '#renderer/stores/jobs.ts';
import { takeFlags, takeRecipes } from '#renderer/stores/launcher.ts';
import { notify, notifyFailure } from '#renderer/stores/notices.ts';
import { isEnded } from '#renderer/stores/run-state.ts';
import { setRuns, takeProgress, takeQueue, updateRun } from '#renderer/stores/runs.ts';
import { takeTelemetry } from '#renderer/stores/telemetry.ts';
import { takeSettings } from '#renderer/stores/settings.ts';
import { listenToKeys, showSet } from './commands.ts';

/** Connects the stores to the main process. Whatever cannot be read is told; the rest goes on. */
export function start(): void {
  applyTheme();
  listenToKeys();
  subscribe('runs.changed', (summary) => {
    const before = updateRun(summary);
    if (before !== undefined && !isEnded(before) && isEnded(summary.state)) void showEnd(summary);
  });
  subscribe('runs.listed', setRuns);
  subscribe('runs.progress', takeProgress);
  subscribe('runs.telemetry', ({ id, head, samples }) => {
    takeTelemetry(id, head, samples);
  });
  subscribe('runs.queue', takeQueue);
  subscribe('library.progress', takeJobProgress);
  subscribe('compare.progress', takeComparisonProgress);
  subscribe('sources.opened', showSet);
  subscribe('engine.restarted', ({ reason }) => {
    notify(
      'warning',
      `The trace engine stopped (${reason}) and was started again. No run is affected; open traces are read anew.`,
    );
  });
  // The first form takes the user's era: settings come first.
  void readSettings().then(readRecipes);
  void readComparisons();
  invoke('runs.queue').then(takeQueue, notifyFailure);
  invoke('runs.list').then(setRuns, (thrown: unknown) => {
    setRuns([]);
    notifyFailure(thrown);
  });
  invoke('sources.initial').then((set) => {
    if (set !== null) showSet(set);
  }, notifyFailure);
}

async function readSettings(): Promise<void> {
  try {
    const state = await invoke('settings.get');
    takeSettings(state);
    if (state.problem !== null) notify('warning', state.problem);
  } catch (thrown) {
    notifyFailure(thrown);
  }
}

async function readRecipes(): Promise<void> {
  try {
    const { recipes, problems } = await invoke('recipes.list');
    takeRecipes(recipes, problems);
    takeFlags(await invoke('flags.list'));
  } catch (thrown) {
    takeRecipes([]);
    notifyFailure(thrown);
  }
}
