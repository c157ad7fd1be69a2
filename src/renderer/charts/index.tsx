// SPDX-License-Identifier: Apache-2.0

/** The charts that features show; nothing else imports the chart library. */
export { Chart } from './Chart.tsx';
export { CompositionChart } from './CompositionChart.tsx';
export { expertBarsPicture, heatmapPicture, linesPicture, pictureOf, rangesPicture } from './picture.ts';
export { ExpertBarsChart, HeatmapChart, LinesChart, RangesChart } from './ExpertCharts.tsx';
export { IterationTimesChart } from './IterationTimesChart.tsx';
export { RankHeatChart, RankHeatLegend } from './RankHeatChart.tsx';
export { TelemetryChart } from './TelemetryChart.tsx';
export type { TelemetryPlot } from './telemetry-option.ts';
