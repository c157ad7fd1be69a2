// SPDX-License-Identifier: Apache-2.0
import { outlineOf, scrollbarOf, type Overlay } from './draw-overlay.ts';
import { arrowsOf } from './flow-arrows.ts';
import { iterationRange } from './iterations.ts';
import { formatTick, tickStepNs } from './ruler.ts';
import type { Camera } from './camera.ts';
import type { Hover } from './hover.ts';
import type { InstantHit } from './instants.ts';
import { findTrackRow, type Row } from './rows.ts';
import type { Selector } from './selector.ts';
import type { TimelineTrace, TimeRange } from './types.ts';

/** What follows the pointer and the selection, gathered from those who know it. */

interface OverlaySources {
  readonly camera: Camera;
  readonly hover: Pick<Hover, 'hit' | 'moment'>;
  readonly selector: Selector;
  readonly traces: readonly TimelineTrace[];
  readonly range: TimeRange | undefined;
  readonly iteration: number | undefined;
  readonly bookmarks: Overlay['bookmarks'];
  readonly marks: readonly number[];
  readonly instant: InstantHit | undefined;
  readonly drop: Row | undefined;
}

function placeOf(rows: readonly Row[], of: InstantHit | undefined): Overlay['instant'] {
  const row = of === undefined ? undefined : findTrackRow(rows, of.traceIndex, of.trackId);
  return of === undefined || row === undefined ? undefined : { row, atNs: of.atNs };
}

/** The overlay, and the moment under the pointer in words. */
export function composeOverlay(of: OverlaySources): { readonly overlay: Overlay; readonly label: string } {
  const { camera, hover, traces } = of;
  const cursorNs = hover.moment;
  const step = tickStepNs(camera.nsPerPx);
  const { selected, links } = of.selector;
  const rows = camera.allRows();
  const overlay = {
    hover: outlineOf(rows, hover.hit),
    selection: outlineOf(rows, selected),
    partners: links.map(({ slice }) => outlineOf(rows, slice)).filter((each) => each !== undefined),
    arrows: arrowsOf(rows, camera.layout.tree, selected, links),
    range: of.range,
    cursorNs,
    iteration: of.iteration === undefined ? undefined : iterationRange(traces.slice(0, 1), of.iteration),
    scrollbar: scrollbarOf(camera.layout.height, camera.plotHeight, camera.scrollTop),
    bookmarks: of.bookmarks,
    marks: of.marks,
    instant: placeOf(rows, of.instant),
    pinnedHeight: camera.layout.pinnedHeight,
    drop: of.drop,
  };
  return { overlay, label: cursorNs === undefined ? '' : formatTick(cursorNs, step, camera.view.endNs) };
}
