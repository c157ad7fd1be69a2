// SPDX-License-Identifier: Apache-2.0
import { useComparisons } from '#renderer/stores/comparisons.ts';
import { goTo, showDiagnostics, showInfo, showLinkDialog } from '#renderer/stores/navigation.ts';
import { offeredCommands, type OfferedCommand } from '#renderer/stores/offers.ts';
import { useOpened } from '#renderer/stores/opened.ts';
import { stateWord } from '#renderer/stores/run-state.ts';
import { useRuns } from '#renderer/stores/runs.ts';
import { closeSet, isPossible, perform } from './commands.ts';
import { windowCommands } from './shortcuts.ts';

/** As many as the list at the left holds. */
const MAX_RUNS = 50;
const MAX_KEYED_RUNS = 9;

function windowOnes(): readonly OfferedCommand[] {
  const keyed = windowCommands
    .filter(({ command }) => isPossible(command))
    .map(({ command, keys, title }) => ({
      id: `window ${command.kind}`,
      group: 'Window',
      title,
      keys,
      perform: () => perform(command),
    }));
  return [
    ...keyed,
    {
      id: 'window link',
      group: 'Window',
      title: 'Open link to a view…',
      perform: () => showLinkDialog(true),
    },
    { id: 'window info', group: 'Window', title: 'About Iterscope', perform: () => showInfo(true) },
    { id: 'window diagnostics', group: 'Window', title: 'Diagnostics', perform: () => showDiagnostics(true) },
  ];
}

function runs(): readonly OfferedCommand[] {
  const { summaries } = useRuns.getState();
  return (summaries ?? []).slice(0, MAX_RUNS).map(({ id, title, state }, place) => ({
    id: `show ${id}`,
    group: `Run · ${stateWord(state)}`,
    title,
    ...(place < MAX_KEYED_RUNS ? { keys: `Mod+${place + 1}` } : {}),
    perform: () => goTo({ kind: 'run', id }),
  }));
}

function comparisons(): readonly OfferedCommand[] {
  return (useComparisons.getState().list ?? []).map(({ id, title }) => ({
    id: `comparison ${id}`,
    group: 'Comparison',
    title,
    perform: () => goTo({ kind: 'comparison', id }),
  }));
}

function openedFiles(): readonly OfferedCommand[] {
  return useOpened.getState().sets.flatMap(({ key, set: { title } }) => [
    { id: `opened ${key}`, group: 'Opened files', title, perform: () => goTo({ kind: 'opened', key }) },
    { id: `close ${key}`, group: 'Opened files', title: `Close ${title}`, perform: () => closeSet(key) },
  ]);
}

/** Everything that can be done now: what is on screen first, then the window's own, then where one can go. */
export function allCommands(): readonly OfferedCommand[] {
  return [...offeredCommands(), ...windowOnes(), ...openedFiles(), ...runs(), ...comparisons()];
}
