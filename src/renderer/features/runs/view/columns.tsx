// SPDX-License-Identifier: Apache-2.0
import {
  columnVisibilityFeature,
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  tableFeatures,
} from '@tanstack/react-table';
import { formatBytes, formatDurationMs } from '#shared/base/units.ts';
import { formatFigure, formatInstant, formatWhen } from '#renderer/base/format.ts';
import { Badge, Dot } from '#renderer/widgets/Badge.tsx';
import { isEnded, stateTone, stateWord } from '#renderer/stores/run-state.ts';
import type { RunRow } from '../model/rows.ts';
import { titleParts } from '../model/run-texts.ts';

/** What the library's table says of a run, column by column. */

export const features = tableFeatures({
  rowSortingFeature,
  columnVisibilityFeature,
  sortedRowModel: createSortedRowModel(),
});

export interface ColumnTraits {
  readonly id: string;
  readonly title: string;
  readonly minPx: number;
  /** Share of the room that is left over; a column without it keeps its size. */
  readonly grow?: number;
  readonly definition?: string;
  readonly numeric?: boolean;
  /** Always shown. */
  readonly fixed?: boolean;
}

/** In the order of the table; the ids are those of the columns below. */
export const columnTraits: readonly ColumnTraits[] = [
  { id: 'title', title: 'Run', minPx: 180, grow: 2, fixed: true },
  { id: 'state', title: 'State', minPx: 92 },
  { id: 'recipe', title: 'Recipe', minPx: 120, grow: 1 },
  {
    id: 'differences',
    title: 'Differs from default',
    minPx: 140,
    grow: 1.6,
    definition: 'Flags, parameters and variables of the run that are not the defaults of its recipe.',
  },
  {
    id: 'throughput',
    title: 'Throughput',
    minPx: 124,
    numeric: true,
    definition:
      'As the program reported it at its end: output throughput where it has one. In brackets where a recorder was on: then it is not a measurement.',
  },
  {
    id: 'median',
    title: 'Median iteration',
    minPx: 104,
    numeric: true,
    definition: 'Median of the host step times of all iterations that the engine logged.',
  },
  {
    id: 'duration',
    title: 'Duration',
    minPx: 80,
    numeric: true,
    definition: 'From the start of the program to its end.',
  },
  {
    id: 'size',
    title: 'Size',
    minPx: 80,
    numeric: true,
    definition:
      'Everything in the run’s folder. Stores made from its traces lie in the cache and are not counted here.',
  },
  { id: 'started', title: 'Started', minPx: 122, numeric: true },
  { id: 'tags', title: 'Tags', minPx: 80, grow: 1 },
  { id: 'notes', title: 'Notes', minPx: 80, grow: 1 },
];

const CHECK_PX = 24;
const GAP_PX = 12;
const PADDING_PX = 16;

/**
 * Every row is a grid of its own: sizes may not depend on what is in it, or the columns of two rows
 * would not stand below each other.
 */
export function rowLayout(traits: readonly ColumnTraits[]): {
  gridTemplateColumns: string;
  minWidth: number;
} {
  const tracks = traits.map(({ minPx, grow }) =>
    grow === undefined ? `${minPx}px` : `minmax(${minPx}px, ${grow}fr)`,
  );
  const widths = traits.reduce((sum, { minPx }) => sum + minPx + GAP_PX, CHECK_PX);
  return {
    gridTemplateColumns: [`${CHECK_PX}px`, ...tracks].join(' '),
    minWidth: widths + 2 * PADDING_PX,
  };
}

const helper = createColumnHelper<typeof features, RunRow>();

type Sortable = string | number | undefined;

/** Rows without a value come last in either direction. */
function compare(a: Sortable, b: Sortable): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
}

const sorted = {
  sortUndefined: 'last',
  sortFn: (
    a: { getValue: (id: string) => unknown },
    b: { getValue: (id: string) => unknown },
    id: string,
  ): number => compare(a.getValue(id) as Sortable, b.getValue(id) as Sortable),
} as const;

const optional = (text: string): string | undefined => (text === '' ? undefined : text);
const NONE = '–';

export const columns = helper.columns([
  helper.accessor(({ run }) => run.title, {
    id: 'title',
    ...sorted,
    cell: ({ row: { original } }) => <TitleCell row={original} />,
  }),
  helper.accessor(({ run }) => stateWord(run.state), {
    id: 'state',
    ...sorted,
    cell: ({ row: { original } }) => <StateCell row={original} />,
  }),
  helper.accessor(({ run }) => run.recipeTitle, {
    id: 'recipe',
    ...sorted,
    cell: ({ getValue }) => getValue(),
  }),
  helper.accessor((row) => optional(row.differences.join(', ')), {
    id: 'differences',
    ...sorted,
    cell: ({ getValue }) => <Text text={getValue()} />,
  }),
  helper.accessor(({ throughput }) => throughput?.value, {
    id: 'throughput',
    ...sorted,
    sortDescFirst: true,
    cell: ({ row: { original } }) => <ThroughputCell row={original} />,
  }),
  helper.accessor(({ run }) => run.iterationTimes?.medianMs, {
    id: 'median',
    ...sorted,
    cell: ({ getValue }) => duration(getValue()),
  }),
  helper.accessor(({ durationMs }) => durationMs ?? undefined, {
    id: 'duration',
    ...sorted,
    sortDescFirst: true,
    cell: ({ getValue }) => duration(getValue()),
  }),
  helper.accessor(({ bytes }) => bytes?.totalBytes, {
    id: 'size',
    ...sorted,
    sortDescFirst: true,
    cell: ({ getValue }) => size(getValue()),
  }),
  helper.accessor(({ run }) => run.startedAt ?? run.createdAt, {
    id: 'started',
    ...sorted,
    sortDescFirst: true,
    cell: ({ getValue }) => (
      <time title={formatInstant(getValue())}>{formatWhen(getValue(), new Date())}</time>
    ),
  }),
  helper.accessor(({ run }) => optional(run.tags.join(', ')), {
    id: 'tags',
    ...sorted,
    cell: ({ row: { original } }) => original.run.tags.map((tag) => <Badge key={tag}>{tag}</Badge>),
  }),
  helper.accessor(({ run }) => optional(run.notes), {
    id: 'notes',
    ...sorted,
    cell: ({ getValue }) => <Text text={getValue()} />,
  }),
]);

const duration = (ms: number | undefined): string => (ms === undefined ? NONE : formatDurationMs(ms));
const size = (bytes: number | undefined): string => (bytes === undefined ? '…' : formatBytes(bytes));

/** Whole on hover; one line in the cell. */
function Text({ text }: { readonly text: string | undefined }) {
  return text === undefined ? null : <span title={text}>{text}</span>;
}

function TitleCell({ row: { run } }: { readonly row: RunRow }) {
  const [recipe] = titleParts(run);
  return (
    <span className="library__name" title={run.title}>
      <span className="library__recipe">{recipe}</span>
      <span className="library__rest">{run.title.slice(recipe.length)}</span>
      {run.importedAt !== undefined && (
        <span className="library__mark" title={`Imported ${formatInstant(run.importedAt)}`}>
          imported
        </span>
      )}
    </span>
  );
}

function StateCell({ row: { run } }: { readonly row: RunRow }) {
  return (
    <span className="library__state" title={run.failure?.message}>
      <Dot tone={stateTone(run.state)} pulsing={!isEnded(run.state) && run.state !== 'queued'} />
      {stateWord(run.state)}
    </span>
  );
}

function ThroughputCell({ row: { throughput, run } }: { readonly row: RunRow }) {
  if (throughput === null) return NONE;
  const text = `${formatFigure(throughput.value)} ${throughput.unit}`;
  if (!run.profiled) return <span title={throughput.label}>{text}</span>;
  return (
    <span className="library__quiet" title={`${throughput.label}; a recorder was on: not a measurement`}>
      ({text})
    </span>
  );
}
