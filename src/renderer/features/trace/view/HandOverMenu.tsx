// SPDX-License-Identifier: Apache-2.0
import { useState, type RefObject } from 'react';
import { useOffer } from '#renderer/stores/offers.ts';
import type { TraceViewStore } from '#renderer/stores/trace-view.ts';
import type { Timeline } from '#renderer/timeline/timeline.ts';
import { Menu } from '#renderer/widgets/Menu.tsx';
import type { Shown } from '../model/exporting.ts';
import { reportsOf } from '../model/hand-over.ts';
import type { ReadyTrace } from '../model/ready.ts';
import { NsightDialog } from './NsightDialog.tsx';
import { PerfettoDialog } from './PerfettoDialog.tsx';

interface HandOverMenuProps {
  readonly traces: readonly ReadyTrace[];
  readonly store: TraceViewStore;
  readonly timeline: RefObject<Timeline | null>;
  readonly visible: boolean;
}

/** The same recording in other viewers. Choosing one starts nothing: a window says first what would happen. */
export function HandOverMenu({ traces, store, timeline, visible }: HandOverMenuProps) {
  const [perfetto, setPerfetto] = useState<Shown | null>(null);
  const [nsight, setNsight] = useState(false);
  const reports = reportsOf(traces);
  const askPerfetto = (): void => {
    const view = timeline.current?.view;
    if (view === undefined) return;
    const { range, window } = store.getState();
    setPerfetto({ view, range, iterations: window });
  };
  const actions = [
    { id: 'open in perfetto', title: 'Perfetto…', perform: askPerfetto },
    { id: 'open in nsight', title: 'Nsight Systems…', perform: () => setNsight(true) },
  ];
  const notBlocked = actions.filter(({ id }) => id !== 'open in nsight' || reports.length > 0);
  useOffer(() =>
    visible
      ? notBlocked.map(({ id, title, perform }) => ({
          id,
          group: 'Export',
          title: `Open in ${title}`,
          perform,
        }))
      : [],
  );
  return (
    <>
      <Menu
        label="Open in"
        icon="open"
        items={actions.map(({ id, title, perform }) => ({
          label: title,
          perform,
          blocked:
            id === 'open in nsight' && reports.length === 0
              ? 'Nsight Systems opens its own reports only, and none of these traces is one.'
              : undefined,
        }))}
      />
      {perfetto !== null && (
        <PerfettoDialog traces={traces} shown={perfetto} onClose={() => setPerfetto(null)} />
      )}
      {nsight && <NsightDialog traces={reports} onClose={() => setNsight(false)} />}
    </>
  );
}
