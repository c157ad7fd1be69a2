// SPDX-License-Identifier: Apache-2.0
import { useState, type RefObject } from 'react';
import type { SourceSet } from '#shared/contract/app.ts';
import { linkOwner } from '#renderer/stores/links.ts';
import { useOffer } from '#renderer/stores/offers.ts';
import type { TraceViewStore } from '#renderer/stores/trace-view.ts';
import type { Timeline } from '#renderer/timeline/timeline.ts';
import { Menu, type MenuAction } from '#renderer/widgets/Menu.tsx';
import type { Shown } from '../model/exporting.ts';
import { copyPicture, pictureHeading, savePicture } from '../model/picture.ts';
import type { ReadySet } from '../model/ready.ts';
import { copyLink } from '../model/view-link.ts';
import { ExportDialog } from './ExportDialog.tsx';

interface ExportMenuProps {
  readonly set: SourceSet;
  readonly ready: ReadySet;
  readonly store: TraceViewStore;
  readonly timeline: RefObject<Timeline | null>;
  readonly visible: boolean;
}

/** A line of the menu that is a command of the palette, too. */
interface ExportAction extends MenuAction {
  readonly id: string;
}

/** The view as a picture. */
function pictureActions(ready: ReadySet, timeline: RefObject<Timeline | null>): readonly ExportAction[] {
  const withView =
    (work: (timeline: Timeline) => Promise<void>): (() => void) =>
    () => {
      if (timeline.current !== null) void work(timeline.current);
    };
  const save = (format: 'png' | 'svg') =>
    withView((shown) => savePicture(shown, pictureHeading(ready, shown.view), ready.traces, format));
  return [
    {
      id: 'export copy-picture',
      label: 'Copy picture of the view',
      icon: 'copy',
      perform: withView((shown) => copyPicture(shown, pictureHeading(ready, shown.view))),
    },
    { id: 'export png', label: 'Save picture of the view as PNG…', icon: 'export', perform: save('png') },
    { id: 'export svg', label: 'Save picture of the view as SVG…', icon: 'export', perform: save('svg') },
  ];
}

/** What leaves the timeline: everything that can be done is a line of the menu, and a command of the palette. */
export function ExportMenu({ set, ready, store, timeline, visible }: ExportMenuProps) {
  const [shown, setShown] = useState<Shown | null>(null);
  const askForData = (): void => {
    const view = timeline.current?.view;
    if (view === undefined) return;
    const { range, window } = store.getState();
    setShown({ view, range, iterations: window });
  };
  const actions: readonly ExportAction[] = [
    {
      id: 'export data',
      label: 'Export shown window as trace or table…',
      icon: 'trace',
      perform: askForData,
    },
    ...pictureActions(ready, timeline),
    {
      id: 'export link',
      label: 'Copy link to the view',
      icon: 'link',
      blocked: linkOwner(set) === null ? 'Links lead to runs and to opened files' : undefined,
      perform: () => {
        if (timeline.current !== null) void copyLink(set, ready, store, timeline.current);
      },
    },
  ];
  useOffer(() =>
    visible
      ? actions
          .filter(({ blocked }) => blocked === undefined)
          .map(({ id, label, perform }) => ({ id, group: 'Export', title: label, perform }))
      : [],
  );
  return (
    <>
      <Menu label="Export" icon="export" items={actions} />
      {shown !== null && <ExportDialog traces={ready.traces} shown={shown} onClose={() => setShown(null)} />}
    </>
  );
}
