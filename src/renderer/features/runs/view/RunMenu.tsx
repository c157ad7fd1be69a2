// SPDX-License-Identifier: Apache-2.0
import type { RunSummary } from '#shared/contract/run.ts';
import { isEnded } from '#renderer/stores/run-state.ts';
import { useOffer } from '#renderer/stores/offers.ts';
import { Menu, type MenuAction } from '#renderer/widgets/Menu.tsx';
import { deleteRuns, exportRuns, runAgain } from '../actions.ts';
import { showDialog } from '../model/library-store.ts';

/** What the library can do with the run of a page. */
export function RunMenu({ run }: { readonly run: RunSummary }) {
  const { id } = run;
  const blocked = isEnded(run.state) ? undefined : 'The run has not ended.';
  const items: readonly MenuAction[] = [
    { label: 'Run again as it was', icon: 'again', perform: () => void runAgain([id]) },
    { label: 'Rename, tags, notes…', icon: 'edit', perform: () => showDialog({ kind: 'edit', id }) },
    { label: 'Export…', icon: 'export', blocked, perform: () => void exportRuns([id]) },
    { label: 'Free space…', icon: 'disk', blocked, perform: () => showDialog({ kind: 'free', ids: [id] }) },
    { label: 'Delete', icon: 'trash', blocked, perform: () => void deleteRuns([id]) },
  ];
  useOffer(() =>
    items
      .filter((item) => item.blocked === undefined)
      .map(({ label, perform }) => ({ id: `run ${label}`, group: 'This run', title: label, perform })),
  );
  return <Menu label="More" icon="library" items={items} />;
}
