// SPDX-License-Identifier: Apache-2.0
import { formatCount, formatDurationMs, formatRatio } from '../base/units.ts';
import type { BatchSize, IterationKind, TimeDistribution } from '../contract/comparison-charts.ts';
import type { Cause, ComparisonAnswer, Why } from '../contract/comparison.ts';
import type { ArmLabels } from './arms.ts';
import { batchSizeOption, passesOption } from './compare-options.ts';
import { courseOption } from './course-option.ts';
import { courseTable } from './course-table.ts';
import { ecdfOption, histogramOption } from './distribution-option.ts';
import type { ChartOption, ChartTheme } from './theme.ts';
import { changeText, waterfallOf, waterfallOption } from './waterfall-option.ts';

/** Every chart of a comparison, the same in the window and in reports, each with its figures as a table. */

export interface PictureTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface ComparisonPicture {
  /** Names the file of the picture. */
  readonly id: string;
  /** Pictures of one group are variants of each other: one of them is shown at a time. */
  readonly group: string;
  readonly variant: string;
  readonly title: string;
  /** What is drawn, in a sentence or two. */
  readonly note: string;
  readonly heightPx: number;
  readonly build: (theme: ChartTheme) => ChartOption;
  readonly table: PictureTable;
}

const HEIGHT = 260;

const kindWords: Readonly<Record<IterationKind, string>> = {
  generation: 'Generation only',
  mixed: 'Context and generation',
  context: 'Context only',
};

const PERCENTS = [1, 5, 10, 25, 50, 75, 90, 95, 99, 100] as const;

function distributionTable(
  { percentilesMsA, percentilesMsB }: TimeDistribution,
  labels: ArmLabels,
): PictureTable {
  const text = (ms: number | undefined): string => (ms === undefined ? '–' : formatDurationMs(ms));
  return {
    head: ['Percentile', labels.a, labels.b],
    rows: PERCENTS.map((percent) => [
      `${percent.toString()} %`,
      text(percentilesMsA[percent]),
      text(percentilesMsB[percent]),
    ]),
  };
}

function distributionPictures(data: TimeDistribution, labels: ArmLabels): ComparisonPicture[] {
  const { kind, batches, countA, countB } = data;
  const of = batches === 1 ? 'the one batch' : `the ${formatCount(batches)} batches`;
  const note = `${formatCount(countA)} and ${formatCount(countB)} iterations of ${of} that both arms have; each batch weighs the same in both.`;
  const shared = { variant: kindWords[kind], note, heightPx: HEIGHT, table: distributionTable(data, labels) };
  return [
    {
      ...shared,
      id: `ecdf-${kind}`,
      group: 'ecdf',
      title: 'Share of iterations up to a time (ECDF)',
      build: (theme) => ecdfOption(data, labels, theme),
    },
    {
      ...shared,
      id: `histogram-${kind}`,
      group: 'histogram',
      title: 'Iteration times (histogram)',
      build: (theme) => histogramOption(data, labels, theme),
    },
  ];
}

function passesPictures({ charts, primary }: ComparisonAnswer, labels: ArmLabels): ComparisonPicture[] {
  const { passes, passBatch } = charts;
  if (passes.length === 0 || (primary === null && passBatch === null)) return [];
  const valueName = primary === null ? null : `${primary.label} (${primary.unit})`;
  const interval =
    passBatch === null ? '' : ` Below, the median of iterations of ${passBatch} with its 95 % interval.`;
  return [
    {
      id: 'passes',
      group: 'passes',
      variant: '',
      title: 'Each timing pass',
      note: `${valueName ?? 'Iterations'} of each timing pass.${interval}`,
      heightPx: passBatch === null || primary === null ? HEIGHT : HEIGHT + 80,
      build: (theme) => passesOption({ passes, valueName, batch: passBatch }, labels, theme),
      table: {
        head: ['Pass', valueName ?? 'Figure', 'Median iteration', '95 % interval', 'Iterations'],
        rows: passes.map(({ block, arm, value, iterations }) => [
          `Block ${block.toString()}, ${labels[arm]}`,
          value === null ? '–' : formatRatio(value),
          ...(iterations === null
            ? ['–', '–', '–']
            : [
                formatDurationMs(iterations.medianMs),
                `${formatDurationMs(iterations.lowMs)} to ${formatDurationMs(iterations.highMs)}`,
                formatCount(iterations.count),
              ]),
        ]),
      },
    },
  ];
}

function waterfallPicture(
  why: Why,
  labels: ArmLabels,
  { id, variant, causes }: { id: string; variant: string; causes: readonly Cause[] },
): ComparisonPicture {
  const steps = waterfallOf(causes, labels);
  return {
    id: `waterfall-${id}`,
    group: 'waterfall',
    variant,
    title: 'From A to B by cause',
    note: `The ${why.scope}, by ${variant.toLowerCase()}; the steps add up.`,
    heightPx: 60 + 26 * steps.length,
    build: (theme) => waterfallOption(steps, theme),
    table: {
      head: ['Step', 'Change', 'Iteration after it'],
      rows: steps.map((step, index) => [
        step.name,
        index === 0 || index === steps.length - 1 ? '–' : changeText(step),
        formatDurationMs(step.toMs),
      ]),
    },
  };
}

function waterfallPictures({ why }: ComparisonAnswer, labels: ArmLabels): ComparisonPicture[] {
  if (why === null) return [];
  const parts = waterfallPicture(why, labels, { id: 'parts', variant: 'Parts', causes: why.causes });
  if (why.work.length === 0) return [parts];
  const work = why.work.map(({ name, msA, msB }) => ({ name, msA, msB }));
  return [
    parts,
    waterfallPicture(why, labels, {
      id: 'kinds',
      variant: 'Kinds of work',
      causes: [...why.kinds, why.rest],
    }),
    waterfallPicture(why, labels, {
      id: 'kernels',
      variant: 'Kernels or operators',
      causes: byChange([...work, why.rest]),
    }),
  ];
}

const byChange = (causes: readonly Cause[]): Cause[] =>
  [...causes].sort((x, y) => Math.abs(y.msB - y.msA) - Math.abs(x.msB - x.msA));

function sizeTable(sizes: readonly BatchSize[], labels: ArmLabels): PictureTable {
  const text = (times: BatchSize['a']): string =>
    times === null ? '–' : `${formatDurationMs(times.medianMs)} · ${formatCount(times.count)}`;
  return {
    head: ['Tokens of the batch', `${labels.a}: median · n`, `${labels.b}: median · n`],
    rows: sizes.map(({ tokens, a, b }) => [formatCount(tokens), text(a), text(b)]),
  };
}

function sizePictures({ charts }: ComparisonAnswer, labels: ArmLabels): ComparisonPicture[] {
  return (['generation', 'mixed', 'context'] as const).flatMap((kind) => {
    const sizes = charts.batchSizes.filter((size) => size.kind === kind);
    if (sizes.length === 0) return [];
    return [
      {
        id: `batch-size-${kind}`,
        group: 'batch-size',
        variant: kindWords[kind],
        title: 'Iteration time against batch size',
        note: 'Median host step time of iterations with so many tokens; the lines reach from the 10th to the 90th percentile.',
        heightPx: HEIGHT,
        build: (theme: ChartTheme) => batchSizeOption(sizes, labels, theme),
        table: sizeTable(sizes, labels),
      },
    ];
  });
}

function coursePictures({ charts }: ComparisonAnswer, labels: ArmLabels): ComparisonPicture[] {
  const { courses, clocksAbsent } = charts;
  if (courses.length === 0) return [];
  return [
    {
      id: 'throughput-over-time',
      group: 'course',
      variant: '',
      title: 'Throughput over time',
      note: `A line a pass, by its logged iterations. ${clocksAbsent ?? 'Under it the multiprocessor clocks of the busy GPUs.'}`,
      heightPx: clocksAbsent === null ? HEIGHT + 100 : HEIGHT,
      build: (theme) => courseOption(courses, labels, theme),
      table: courseTable(courses, labels),
    },
  ];
}

/** The charts that these figures fill, in the order in which they are read. */
export function comparisonPictures(answer: ComparisonAnswer, labels: ArmLabels): ComparisonPicture[] {
  return [
    ...passesPictures(answer, labels),
    ...waterfallPictures(answer, labels),
    ...answer.charts.distributions.flatMap((data) => distributionPictures(data, labels)),
    ...sizePictures(answer, labels),
    ...coursePictures(answer, labels),
  ];
}

/** The same by group, in the order of their first. */
export function pictureGroups(pictures: readonly ComparisonPicture[]): ComparisonPicture[][] {
  const groups = new Map<string, ComparisonPicture[]>();
  for (const picture of pictures) groups.set(picture.group, [...(groups.get(picture.group) ?? []), picture]);
  return [...groups.values()];
}
