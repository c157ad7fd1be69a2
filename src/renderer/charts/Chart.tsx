// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from 'react';
import type { ChartTheme } from '#shared/charts/theme.ts';
import { listenToBrush } from './brush.ts';
import { CellMarker } from './cell-marker.ts';
import { init, type ChartOption, type ECharts } from './echarts.ts';
import { readChartTheme } from './theme.ts';
import './chart.css';

/** A place of a chart in numbers of categories; `y` is null where the vertical axis has values. */
export interface ChartPick {
  readonly x: number;
  readonly y: number;
}

/** The cell under the mouse, for tooltips of charts that draw their cells as one picture. */
export interface ChartPointer {
  cell: ChartPick | null;
}

interface ChartProps {
  /** What the chart shows, for those who do not see it. */
  readonly label: string;
  /** Makes the option for a theme; a new function means new data, so keep it while nothing changed. */
  readonly build: (theme: ChartTheme, pointer: ChartPointer) => ChartOption;
  /** Called with the categories under a click anywhere in the plot. */
  readonly onPick?: (pick: ChartPick) => void;
  /** Called with the first and last category that were dragged over; they may lie outside of the data. */
  readonly onBrush?: (from: number, to: number) => void;
  /** A cell with a frame around it, in charts of cells. */
  readonly marked?: ChartPick | null;
}

/** Follows size and theme in animation frames, and ends the chart with its element. */
class ChartHolder {
  readonly #element: HTMLElement;
  readonly #chart: ECharts;
  readonly #resize: ResizeObserver;
  readonly #theme: MutationObserver;
  #build: ChartProps['build'] | undefined;
  #frame = 0;
  #resized = false;
  #drawn = false;
  /** The pointer was let go after dragging: the click that follows is none. */
  #brushed = false;
  readonly #marker: CellMarker;
  #marked: ChartPick | null = null;
  readonly #pointer: ChartPointer = { cell: null };

  constructor(element: HTMLElement) {
    this.#element = element;
    this.#chart = init(element, null, { renderer: 'canvas' });
    this.#marker = new CellMarker(element);
    // Known before the tooltip asks: the chart listens to the mouse only once it is drawn.
    this.#chart.getZr().on('mousemove', ({ offsetX, offsetY }) => {
      this.#pointer.cell = this.#drawn ? this.#cellAt(offsetX, offsetY) : null;
    });
    this.#resize = new ResizeObserver(() => {
      this.#resized = true;
      this.#schedule();
    });
    this.#resize.observe(element);
    this.#theme = new MutationObserver(() => this.#schedule());
    this.#theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  }

  show(build: ChartProps['build']): void {
    this.#build = build;
    this.#schedule();
  }

  onPick(listener: (pick: ChartPick) => void): () => void {
    const onClick = (event: { readonly offsetX: number; readonly offsetY: number }): void => {
      if (this.#brushed) return;
      const cell = this.#cellAt(event.offsetX, event.offsetY);
      if (cell !== null) listener(cell);
    };
    const surface = this.#chart.getZr();
    surface.on('click', onClick);
    return () => surface.off('click', onClick);
  }

  #cellAt(left: number, top: number): ChartPick | null {
    const point = [left, top];
    if (!this.#chart.containPixel({ gridIndex: 0 }, point)) return null;
    const [x, y] = this.#chart.convertFromPixel({ gridIndex: 0 }, point);
    return x === undefined || y === undefined ? null : { x: Math.round(x), y: Math.round(y) };
  }

  onBrush(listener: (from: number, to: number) => void): () => void {
    const category = (x: number): number => {
      const [at] = this.#chart.convertFromPixel({ gridIndex: 0 }, [x, 0]);
      return Math.round(at ?? 0);
    };
    return listenToBrush({
      element: this.#element,
      holds: (x, y) => {
        this.#brushed = false;
        return this.#chart.containPixel({ gridIndex: 0 }, [x, y]);
      },
      onBrush: (fromX, toX) => {
        this.#brushed = true;
        listener(category(fromX), category(toX));
      },
    });
  }

  mark(cell: ChartPick | null): void {
    this.#marked = cell;
    // Before the first picture there is nothing to measure by; drawing places the frame.
    if (this.#drawn) this.#marker.place(this.#chart, cell);
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    this.#resize.disconnect();
    this.#theme.disconnect();
    this.#chart.dispose();
  }

  #schedule(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw(): void {
    // A hidden chart has no size; it is drawn when it gets one.
    if (this.#element.clientWidth === 0 || this.#build === undefined) return;
    if (this.#resized) this.#chart.resize();
    this.#resized = false;
    const option = this.#build(readChartTheme(this.#element), this.#pointer);
    this.#chart.setOption(option, { replaceMerge: ['series', 'xAxis', 'yAxis', 'visualMap', 'dataZoom'] });
    this.#drawn = true;
    this.#marker.place(this.#chart, this.#marked);
  }
}

export function Chart({ label, build, onPick, onBrush, marked = null }: ChartProps) {
  const element = useRef<HTMLDivElement>(null);
  const holder = useRef<ChartHolder>(null);

  useEffect(() => {
    if (element.current === null) return undefined;
    const made = new ChartHolder(element.current);
    holder.current = made;
    return () => {
      holder.current = null;
      made.dispose();
    };
  }, []);

  useEffect(() => holder.current?.show(build), [build]);
  useEffect(() => holder.current?.mark(marked), [marked]);
  useEffect(() => (onPick === undefined ? undefined : holder.current?.onPick(onPick)), [onPick]);

  useEffect(() => (onBrush === undefined ? undefined : holder.current?.onBrush(onBrush)), [onBrush]);

  return (
    <div
      ref={element}
      className={onPick === undefined ? 'chart' : 'chart chart--pickable'}
      role="img"
      aria-label={label}
    />
  );
}
