// SPDX-License-Identifier: Apache-2.0
import type { ChartTheme } from '#shared/charts/theme.ts';
import { init, type ChartOption } from './echarts.ts';
import { expertBarsOption, type ExpertBars } from './expert-options.ts';
import { heatmapOption, type HeatmapData } from './heatmap-option.ts';
import { linesOption, type LinesData } from './lines-option.ts';
import { rangesOption, type RangesData } from './ranges-option.ts';
import { readChartTheme } from './theme.ts';

/** Charts as files, in the theme of the window, always of one size: they end up in reports side by side. */

export type PictureFormat = 'svg' | 'png';

const WIDTH = 1200;
const HEIGHT = 600;
/** Dots of a pixel picture by each of the chart's. */
const DENSITY = 2;

function svgOf(option: ChartOption): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  chart.setOption(option);
  const text = chart.renderToSVGString();
  chart.dispose();
  return text;
}

/** In base64. */
function pngOf(option: ChartOption, theme: ChartTheme): string {
  const element = document.createElement('div');
  const chart = init(element, null, { renderer: 'canvas', width: WIDTH, height: HEIGHT });
  chart.setOption(option);
  const url = chart.getDataURL({ type: 'png', pixelRatio: DENSITY, backgroundColor: theme.surface });
  chart.dispose();
  return url.slice(url.indexOf(',') + 1);
}

/** Text of an SVG file, or a PNG file in base64. */
export function pictureOf(build: (theme: ChartTheme) => ChartOption, format: PictureFormat): string {
  const theme = readChartTheme(document.documentElement);
  const option = { ...build(theme), backgroundColor: theme.surface };
  return format === 'svg' ? svgOf(option) : pngOf(option, theme);
}

/** Text of an SVG file, or a PNG file in base64. */
export const expertBarsPicture = (data: ExpertBars, format: PictureFormat): string =>
  pictureOf((theme) => expertBarsOption(data, theme), format);

/** Text of an SVG file, or a PNG file in base64. */
export const heatmapPicture = (data: HeatmapData, format: PictureFormat): string =>
  pictureOf((theme) => heatmapOption(data, theme, { cell: null }, DENSITY), format);

/** Text of an SVG file, or a PNG file in base64. */
export const linesPicture = (data: LinesData, format: PictureFormat): string =>
  pictureOf((theme) => linesOption(data, theme), format);

/** Text of an SVG file, or a PNG file in base64. */
export const rangesPicture = (data: RangesData, format: PictureFormat): string =>
  pictureOf((theme) => rangesOption(data, theme), format);
