// SPDX-License-Identifier: Apache-2.0
import { useState, type RefObject } from 'react';
import { useOffer } from '#renderer/stores/offers.ts';
import type { TraceViewStore } from '#renderer/stores/trace-view.ts';
import type { Timeline } from '#renderer/timeline/timeline.ts';
import { Menu } from '#renderer/widgets/Menu.tsx';
import type { Shown } from '../model/exporting.ts';
import type { ReadyTrace } from '../model/ready.ts';
import { ExportDialog } from './ExportDialog.tsx';

interface ExportMenuProps {
  readonly traces: readonly ReadyTrace[];
  readonly store: TraceViewStore;
  readonly timeline: RefObject<Timeline | null>;
  readonly visible: boolean;
}

const DATA_TITLE = 'Export shown window as trace or table…';

/** What leaves the timeline: everything that can be done is a line of the menu, and a command of the palette. */
export function ExportMenu({ traces, store, timeline, visible }: ExportMenuProps) {
  const [shown, setShown] = useState<Shown | null>(null);
  const askForData = (): void => {
    const view = timeline.current?.view;
    if (view === undefined) return;
    const { range, window } = store.getState();
    setShown({ view, range, iterations: window });
  };
  const actions = [{ id: 'export data', title: DATA_TITLE, icon: 'trace', perform: askForData }] as const;
  useOffer(() =>
    visible ? actions.map(({ id, title, perform }) => ({ id, group: 'Export', title, perform })) : [],
  );
  return (
    <>
      <Menu
        label="Export"
        icon="export"
        items={actions.map(({ title, icon, perform }) => ({ label: title, icon, perform }))}
      />
      {shown !== null && <ExportDialog traces={traces} shown={shown} onClose={() => setShown(null)} />}
    </>
  );
}
