// SPDX-License-Identifier: Apache-2.0
import type { ECharts } from './echarts.ts';

/** A frame around one cell of a plot, beside the chart's own picture: moving it draws nothing again. */
export class CellMarker {
  readonly #frame = document.createElement('div');

  constructor(element: HTMLElement) {
    this.#frame.className = 'chart__marker';
    this.#frame.hidden = true;
    element.append(this.#frame);
  }

  /** Puts the frame around a cell, in numbers of categories; null hides it. */
  place(chart: ECharts, cell: { readonly x: number; readonly y: number } | null): void {
    this.#frame.hidden = true;
    if (cell === null) return;
    const [x, y] = chart.convertToPixel({ gridIndex: 0 }, [cell.x, cell.y]);
    const [nextX, nextY] = chart.convertToPixel({ gridIndex: 0 }, [cell.x + 1, cell.y + 1]);
    if (x === undefined || y === undefined || nextX === undefined || nextY === undefined) return;
    const width = Math.max(Math.abs(nextX - x), 5);
    const height = Math.max(Math.abs(nextY - y), 5);
    this.#frame.style.left = `${x - width / 2}px`;
    this.#frame.style.top = `${y - height / 2}px`;
    this.#frame.style.width = `${width}px`;
    this.#frame.style.height = `${height}px`;
    this.#frame.hidden = false;
  }
}
