// SPDX-License-Identifier: Apache-2.0
import { busyRatio, coverageImage } from './coverage-image.ts';
import { drawOverlay, type Overlay } from './draw-overlay.ts';
import { drawPoints } from './draw-points.ts';
import { drawSection, GROUP_IMAGE_HEIGHT, type GroupPicture, type Section } from './draw-rows.ts';
import { beginStatic, endStatic } from './draw-static.ts';
import { Hits, type TraceHits } from './hits.ts';
import { drawMinimap } from './minimap.ts';
import { readPalette, type Palette } from './palette.ts';
import { collectScene, Scene } from './scene.ts';
import { TextFitter } from './text.ts';
import { describeContents } from './tracks.ts';
import type { Camera } from './camera.ts';
import type { Drawing } from './drawing.ts';
import type { Frame } from './frame.ts';
import type { HeaderRow } from './rows.ts';
import type { Surface } from './surface.ts';
import type { TraceLoaders } from './trace-loaders.ts';
import type { TimelineTrace } from './types.ts';

/** Draws both layers from the camera and from what the loaders have. */

export interface PaintInput {
  readonly traces: readonly TimelineTrace[];
  readonly activeKey: string | undefined;
  readonly hoverKey: string | undefined;
}

export class Painter {
  readonly #surface: Surface;
  readonly #camera: Camera;
  readonly #loaders: TraceLoaders;
  readonly #scene = new Scene();
  readonly #hits = new Hits();
  readonly #fitter: TextFitter;
  #palette: Palette;
  /** Of the static layer as it was last drawn. */
  rectangles = 0;
  names = 0;

  constructor(surface: Surface, camera: Camera, loaders: TraceLoaders) {
    this.#surface = surface;
    this.#camera = camera;
    this.#loaders = loaders;
    this.#fitter = new TextFitter(surface.statics);
    this.#palette = readPalette(surface.root);
  }

  themed(): void {
    this.#palette = readPalette(this.#surface.root);
    this.#fitter.clear();
  }

  setHits(hits: readonly TraceHits[]): void {
    this.#hits.set(hits);
  }

  frame(input: PaintInput): Frame {
    const { width, height } = this.#surface.size;
    const { gutter, view, scrollTop } = this.#camera;
    return { width, height, gutter, view, scrollTop, rows: [], palette: this.#palette, ...input };
  }

  drawStatic(frame: Frame): void {
    const { statics, size } = this.#surface;
    statics.setTransform(size.ratio, 0, 0, size.ratio, 0, 0);
    this.paintStatic(statics, frame, size.ratio);
  }

  /** `ratio` is pixels per CSS pixel. */
  paintStatic(ctx: Drawing, frame: Frame, ratio: number): void {
    const camera = this.#camera;
    const { pinnedHeight } = camera.layout;
    const sections: readonly Section[] = [
      { rows: camera.visibleRows(), top: pinnedHeight, height: camera.plotHeight - pinnedHeight },
      { rows: camera.pinnedRows(), top: 0, height: pinnedHeight },
    ];
    const hits = this.#hits.testsOf(frame.traces);
    this.rectangles = 0;
    this.names = 0;
    beginStatic(ctx, frame);
    for (const section of sections) {
      const { rows } = section;
      const { view, scrollTop } = camera;
      const windows = this.#loaders.windows;
      collectScene(this.#scene, { rows, view, scrollTop, widthPx: camera.plotWidth, windows, hits });
      drawSection(ctx, { ...frame, rows }, section, this.#scene, this.#fitter, ratio, (row) =>
        this.#pictureOf(row),
      );
      drawPoints(ctx, { ...frame, rows }, section, this.#loaders);
      this.rectangles += this.#scene.count;
      this.names += this.#scene.texts.length;
    }
    endStatic(ctx, frame, pinnedHeight, this.#fitter);
    drawMinimap(ctx, frame, camera.world, this.#loaders.wholes, this.#hits.binsOf(frame.traces));
  }

  drawOverlay(frame: Frame, overlay: Overlay, cursorLabel: string): void {
    const ctx = this.#surface.overlay;
    const { ratio } = this.#surface.size;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, frame.width, frame.height);
    drawOverlay(ctx, frame, overlay, cursorLabel);
  }

  #pictureOf(row: HeaderRow): GroupPicture | undefined {
    const found = this.#loaders.coverageOf(row);
    if (found === undefined) return undefined;
    const { columns, plan } = found;
    const { view } = this.#camera;
    const unitOf = (atNs: number): number =>
      Math.min(Math.max(Math.round((atNs - plan.startNs) / plan.nsPerUnit), 0), plan.units);
    const busy = busyRatio(columns, unitOf(view.startNs), unitOf(view.endNs));
    const share = `${(busy * 100).toFixed(0)} % busy`;
    const onDevices = row.workIds.length < row.trackIds.length;
    return {
      startNs: plan.startNs,
      endNs: plan.endNs,
      image: coverageImage(columns, plan.units, GROUP_IMAGE_HEIGHT, this.#palette),
      note: `${onDevices ? `GPU ${share}` : share} · ${describeContents(row)}`,
    };
  }
}
