// SPDX-License-Identifier: Apache-2.0
import type { RunSummary } from '#shared/contract/run.ts';
import { plural } from '#renderer/base/format.ts';
import { isEnded } from '#renderer/stores/run-state.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import type { IconName } from '#renderer/widgets/Icon.tsx';
import { deleteRuns, duplicate, exportRuns, openRun, runAgain, showFolder, sideBySide } from '../actions.ts';
import { showDialog } from '../model/library-store.ts';

interface Action {
  readonly label: string;
  readonly icon: IconName;
  readonly perform: (ids: readonly string[]) => void;
  /** How many runs it needs: one, exactly two, or any number. */
  readonly needs: 'one' | 'two' | 'any';
  /** Only for runs that have ended. */
  readonly ended?: boolean;
}

const first = (ids: readonly string[], perform: (id: string) => void): void => {
  const [id] = ids;
  if (id !== undefined) perform(id);
};

const actions: readonly Action[] = [
  { label: 'Open', icon: 'open', needs: 'one', perform: (ids) => first(ids, openRun) },
  { label: 'Run again', icon: 'again', needs: 'any', perform: (ids) => void runAgain(ids) },
  {
    label: 'Duplicate and edit',
    icon: 'copy',
    needs: 'one',
    perform: (ids) => first(ids, (id) => void duplicate(id)),
  },
  {
    label: 'Rename, tags, notes',
    icon: 'edit',
    needs: 'one',
    perform: (ids) => first(ids, (id) => showDialog({ kind: 'edit', id })),
  },
  { label: 'Side by side', icon: 'compare', needs: 'two', ended: true, perform: sideBySide },
  { label: 'Export', icon: 'export', needs: 'any', ended: true, perform: (ids) => void exportRuns(ids) },
  { label: 'Show folder', icon: 'folder', needs: 'one', perform: (ids) => first(ids, showFolder) },
  {
    label: 'Free space',
    icon: 'disk',
    needs: 'any',
    ended: true,
    perform: (ids) => showDialog({ kind: 'free', ids }),
  },
  { label: 'Delete', icon: 'trash', needs: 'any', ended: true, perform: (ids) => void deleteRuns(ids) },
];

/** Why an action cannot be done with these runs; undefined when it can. */
function blockedBy(action: Action, targets: readonly RunSummary[]): string | undefined {
  if (targets.length === 0) return 'Choose a run first: by the arrow keys or a click.';
  if (action.needs === 'one' && targets.length > 1) return 'This is done with one run at a time.';
  if (action.needs === 'two' && targets.length !== 2) return 'Select exactly two runs.';
  if (action.ended === true && targets.some(({ state }) => !isEnded(state))) {
    return 'A run among them has not ended: cancel it first or wait for its end.';
  }
  return undefined;
}

/** What can be done with the selected runs, or with the one that the keys are at. */
export function ActionBar({ targets }: { readonly targets: readonly RunSummary[] }) {
  const ids = targets.map(({ id }) => id);
  const [only] = targets;
  const what =
    only === undefined ? 'No run chosen' : targets.length === 1 ? only.title : plural(targets.length, 'run');
  return (
    <div className="library__actions" role="toolbar" aria-label="Actions">
      <span className="library__target" title={what}>
        {what}
      </span>
      {actions.map((action) => {
        const blocked = blockedBy(action, targets);
        return (
          <Button
            key={action.label}
            variant="quiet"
            icon={action.icon}
            aria-disabled={blocked !== undefined}
            title={blocked}
            onClick={() => {
              if (blocked === undefined) action.perform(ids);
            }}
          >
            {action.label}
          </Button>
        );
      })}
    </div>
  );
}
