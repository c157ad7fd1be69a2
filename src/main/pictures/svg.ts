// SPDX-License-Identifier: Apache-2.0
import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent } from 'echarts/components';
import { init, use as register } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { ChartOption } from '#shared/charts/theme.ts';

/** Charts as text of SVG, without a window. Load this room only when a picture is wanted: the library is large. */

register([BarChart, GridComponent, LegendComponent, LineChart, SVGRenderer, ScatterChart]);

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
