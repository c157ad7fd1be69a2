// SPDX-License-Identifier: Apache-2.0
import { Camera } from './camera.ts';
import { composeOverlay } from './compose-overlay.ts';
import { tellDrawn } from './draw-log.ts';
import { FrameLoop } from './frame-loop.ts';
import { Hover } from './hover.ts';
import { Instants } from './instants.ts';
import { Marks } from './marks.ts';
import { Navigator } from './navigator.ts';
import { Painter } from './painter.ts';
import { Selector } from './selector.ts';
import { TimelineState } from './state.ts';
import { Surface } from './surface.ts';
import { TraceLoaders } from './trace-loaders.ts';
import { describeRow, Tracks } from './tracks.ts';
import type { RowLayout } from './rows.ts';
import type { TimelineCallbacks } from './types.ts';

/** The parts of a timeline, and how they hear of each other. Each decides alone. */
export interface Parts {
  readonly state: TimelineState;
  readonly callbacks: TimelineCallbacks;
  readonly loop: FrameLoop;
  readonly surface: Surface;
  readonly camera: Camera;
  readonly navigator: Navigator;
  readonly loaders: TraceLoaders;
  readonly tracks: Tracks;
  readonly selector: Selector;
  readonly instants: Instants;
  readonly marks: Marks;
  readonly hover: Hover;
  readonly painter: Painter;
}

export function makeParts(host: HTMLElement, callbacks: TimelineCallbacks): Parts {
  const state = new TimelineState();
  const traces = () => state.traces;
  const loop = new FrameLoop((isWhole) => drawAndTell(parts, isWhole));
  const invalidate = (): void => loop.invalidate();
  const surface = new Surface(
    host,
    () => {
      camera.scrollBy(0);
      loop.drawNow();
    },
    () => themed(parts),
  );
  const announce = (text: string): void => surface.announce(text);
  const camera = new Camera(() => surface.size, invalidate);
  const navigator = new Navigator(camera, announce);
  const loaders = new TraceLoaders(invalidate, () => selector.windowsCame());
  const tracks = new Tracks({
    camera,
    traces,
    onArrangement: (arrangement) => callbacks.onArrangement(arrangement),
    onLayout: (layout) => laidOut(parts, layout),
    announce,
  });
  const selector = new Selector({
    camera,
    traces,
    windowsOf: (at) => loaders.windowsOf(at),
    onSelect: (ref) => callbacks.onSelect(ref),
    onChange: () => loop.schedule(),
    announce,
    uncover: (traceIndex, trackId, lane) => {
      navigator.jumping();
      tracks.uncover(traceIndex, trackId, lane);
    },
  });
  const marks = new Marks((said) => {
    announce(said);
    loop.schedule();
  });
  const instants = new Instants({
    camera,
    loaders,
    traces,
    onSelect: (ref) => callbacks.onInstant(ref),
    onChange: () => loop.schedule(),
    announce,
  });
  const hover = new Hover({ camera, surface, loaders, instants, traces });
  const painter = new Painter(surface, camera, loaders);
  const parts: Parts = {
    state,
    callbacks,
    loop,
    surface,
    camera,
    navigator,
    loaders,
    tracks,
    selector,
    instants,
    marks,
    hover,
    painter,
  };
  void document.fonts.ready.then(() => themed(parts));
  return parts;
}

function themed({ painter, loop }: Parts): void {
  painter.themed();
  loop.invalidate();
}

function laidOut({ surface, callbacks, loop }: Parts, layout: RowLayout): void {
  const rows = [...layout.pinned, ...layout.rows];
  surface.listRows(rows.map(describeRow));
  callbacks.onRows({ shown: rows.length, hidden: layout.hiddenCount });
  loop.invalidate();
}

function drawAndTell(parts: Parts, isWhole: boolean): void {
  const startMs = performance.now();
  draw(parts, isWhole);
  const { surface, painter } = parts;
  const { rectangles, names } = painter;
  const durationMs = performance.now() - startMs;
  tellDrawn(surface.canvas, { startMs, durationMs, layers: isWhole ? 'all' : 'overlay', rectangles, names });
}

function draw(parts: Parts, isWhole: boolean): void {
  const { surface, painter, loaders, camera, hover, selector, instants, marks, tracks, state } = parts;
  const { width, height } = surface.size;
  if (width === 0 || height === 0) return;
  const { traces, range, iteration, drop, bookmarks } = state;
  const frame = painter.frame({ traces, activeKey: tracks.activeKey, hoverKey: hover.rowKey });
  if (isWhole) {
    loaders.want(camera);
    painter.drawStatic(frame);
    hover.update();
  }
  const moments = { bookmarks, marks: marks.moments, instant: instants.selected };
  const sources = { camera, hover, selector, traces, range, iteration, drop, ...moments };
  const { overlay, label } = composeOverlay(sources);
  painter.drawOverlay(frame, overlay, label);
}
