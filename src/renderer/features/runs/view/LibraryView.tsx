// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { formatBytes, formatCount } from '#shared/base/units.ts';
import type { DiskUse } from '#shared/contract/library.ts';
import type { RunSummary } from '#shared/contract/run.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { goTo } from '#renderer/stores/navigation.ts';
import { notifyFailure } from '#renderer/stores/notices.ts';
import { useRuns } from '#renderer/stores/runs.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { EmptyState } from '#renderer/widgets/EmptyState.tsx';
import { Menu } from '#renderer/widgets/Menu.tsx';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { deleteRuns, importRuns, openRun, undoDelete } from '../actions.ts';
import { targetsOf } from '../model/grid-keys.ts';
import { clearFilter, showColumn, showDialog, useLibrary } from '../model/library-store.ts';
import { useDiskUse, useFilteredRows, useRows } from '../model/use-rows.ts';
import { ActionBar } from './ActionBar.tsx';
import { columnTraits } from './columns.tsx';
import { DiskDialog } from './DiskDialog.tsx';
import { FilterBar } from './FilterBar.tsx';
import { RunTable } from './RunTable.tsx';
import './library.css';

const none: readonly RunSummary[] = [];

/** Every run on disk: found, compared, named, moved and deleted here. */
export function LibraryView() {
  const summaries = useRuns((state) => state.summaries);
  const dialog = useLibrary((state) => state.dialog);
  const { use, measure } = useDiskUse();
  if (summaries === null) return <div className="library" aria-busy="true" />;
  return (
    <div className="library">
      <Problems />
      {summaries.length === 0 ? <NoRuns /> : <Runs use={use} />}
      {use !== null && (
        <DiskDialog
          use={use}
          open={dialog?.kind === 'disk'}
          onClose={() => showDialog(null)}
          onChanged={measure}
        />
      )}
    </div>
  );
}

function NoRuns() {
  return (
    <EmptyState
      title="No run yet"
      actions={
        <>
          <Button icon="plus" variant="primary" onClick={() => goTo({ kind: 'launcher' })}>
            New run
          </Button>
          <Button icon="import" onClick={() => void importRuns()}>
            Import…
          </Button>
        </>
      }
    >
      What you run is kept here with everything it wrote. A run that was exported elsewhere can be imported.
    </EmptyState>
  );
}

/** Folders among the runs that cannot be read as runs: they are left as they are, and not passed over in silence. */
function Problems() {
  const [problems, setProblems] = useState<readonly string[]>([]);
  const summaries = useRuns((state) => state.summaries);
  useEffect(() => {
    invoke('library.problems').then(setProblems, notifyFailure);
  }, [summaries]);
  return problems.map((problem) => (
    <Notice key={problem} severity="warning">
      {problem}
    </Notice>
  ));
}

function Runs({ use }: { readonly use: DiskUse | null }) {
  const summaries = useRuns((state) => state.summaries ?? none);
  const rows = useFilteredRows(useRows(use?.runs));
  const selected = useLibrary((state) => state.selected);
  const active = useLibrary((state) => state.active);
  const [order, setOrder] = useState<readonly string[]>([]);
  const input = useRef<HTMLInputElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const focusGrid = useCallback(() => grid.current?.focus(), []);
  // The keys work at once: the table is what this view is for.
  useEffect(focusGrid, [focusGrid]);
  const targets = useMemo(() => {
    const byId = new Map(summaries.map((run) => [run.id, run]));
    return targetsOf(order, selected, active).flatMap((id) => byId.get(id) ?? []);
  }, [summaries, order, selected, active]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) return;
    const [target] = targets;
    // Names are for one: the run that the keys are at, whatever is selected.
    const named = order.find((id) => id === active) ?? target?.id;
    const modifier = event.ctrlKey || event.metaKey;
    if (event.key === '/') input.current?.focus();
    else if (event.key === 'F2' && named !== undefined) showDialog({ kind: 'edit', id: named });
    else if (event.key === 'Delete' && target !== undefined) void deleteRuns(targets.map(({ id }) => id));
    else if (modifier && event.key.toLowerCase() === 'z') undoDelete();
    else return;
    event.preventDefault();
  };
  return (
    <div className="library__content" onKeyDown={onKeyDown}>
      <Head shown={rows.length} all={summaries.length} selected={selected.size} use={use} />
      <FilterBar runs={summaries} inputRef={input} onDone={focusGrid} />
      <ActionBar targets={targets} />
      <RunTable rows={rows} onOpen={openRun} onOrder={setOrder} gridRef={grid} />
      {rows.length === 0 && (
        <div className="library__nothing">
          <EmptyState
            title="No run matches"
            actions={<Button onClick={clearFilter}>Clear the filter</Button>}
          >
            All words must occur in a run’s title, tags, notes, flags, state or id.
          </EmptyState>
        </div>
      )}
    </div>
  );
}

interface HeadProps {
  readonly shown: number;
  readonly all: number;
  readonly selected: number;
  readonly use: DiskUse | null;
}

function Head({ shown, all, selected, use }: HeadProps) {
  const hidden = useLibrary((state) => state.hidden);
  const total = use?.runs.reduce((sum, { totalBytes, storeBytes }) => sum + totalBytes + storeBytes, 0);
  const runs = `${formatCount(all)} ${all === 1 ? 'run' : 'runs'}`;
  const count = shown === all ? runs : `${formatCount(shown)} of ${runs}`;
  return (
    <header className="library__head">
      <h1 className="library__title">Library</h1>
      <span className="library__quiet" role="status">
        {count}
        {selected > 0 && `, ${formatCount(selected)} selected`}
      </span>
      <span className="library__space" />
      <Button
        variant="quiet"
        icon="disk"
        disabled={use === null}
        onClick={() => showDialog({ kind: 'disk' })}
      >
        {total === undefined ? 'Disk use' : `Disk use ${formatBytes(total)}`}
      </Button>
      <Menu
        label="Columns"
        icon="columns"
        items={columnTraits
          .filter(({ fixed }) => fixed !== true)
          .map(({ id, title }) => ({
            label: title,
            checked: !hidden.includes(id),
            onChange: (shownNow) => showColumn(id, shownNow),
          }))}
      />
      <Button icon="import" onClick={() => void importRuns()}>
        Import…
      </Button>
    </header>
  );
}
