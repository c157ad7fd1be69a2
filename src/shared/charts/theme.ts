// SPDX-License-Identifier: Apache-2.0

/** What option builders say to the chart library; which of it is right, the library knows. */
export type ChartOption = Record<string, unknown>;

/** Colours and the font of a chart, as data: option builders know neither where they come from nor who draws. */
export interface ChartTheme {
  readonly text: string;
  readonly muted: string;
  readonly faint: string;
  readonly border: string;
  readonly borderStrong: string;
  readonly surface: string;
  readonly raised: string;
  readonly accent: string;
  readonly accentSoft: string;
  readonly compute: string;
  readonly communication: string;
  readonly memory: string;
  readonly idle: string;
  readonly context: string;
  readonly generation: string;
  readonly good: string;
  readonly bad: string;
  readonly font: string;
  /** One after the other for things that are only to be told apart, such as ranks. */
  readonly series: readonly string[];
}
