// SPDX-License-Identifier: Apache-2.0
import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent } from 'echarts/components';
import { init, setPlatformAPI, use as register } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { ChartOption } from '#shared/charts/theme.ts';

/** Charts as text of SVG, without a window. Load this room only when a picture is wanted: the library is large. */

register([BarChart, GridComponent, LegendComponent, LineChart, SVGRenderer, ScatterChart]);

/** Width of a character by the size of its font: as wide as the widest font that a reader's system may take. */
const CHARACTER = 0.62;
const DEFAULT_PX = 12;

// Without a window no font can be measured, and the library's own guess cuts labels off.
setPlatformAPI({
  measureText: (text, font) => {
    const px = Number(/([\d.]+)px/.exec(font ?? '')?.[1] ?? DEFAULT_PX);
    return { width: text.length * px * CHARACTER };
  },
});

/** What a reader of a file has no use for: marks for a script that is not there, and styles under the pointer. */
const LIVE_PARTS = / (ecmeta_\w+|class|pointer-events)="[^"]*"|<style >[\s\S]*?<\/style>/g;

/** The chart as an `svg` element of this size in pixels, to stand in a page. */
export function svgOf(option: ChartOption, widthPx: number, heightPx: number): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: widthPx, height: heightPx });
  try {
    // Nobody points at a picture: the part that follows the pointer is not registered.
    const { tooltip: _tooltip, ...drawn } = option;
    chart.setOption(drawn);
    return chart.renderToSVGString().replace(LIVE_PARTS, '');
  } finally {
    chart.dispose();
  }
}
