// SPDX-License-Identifier: Apache-2.0
import { formatCount, formatDurationNs } from '#shared/base/units.ts';
import { shortName } from '#renderer/timeline/text.ts';
import { definitions } from '../model/definitions.ts';
import type { FoundName } from '../model/search.ts';
import { DataGrid, type GridColumn } from './DataGrid.tsx';
import { KindName } from './KindName.tsx';

/** The names that a search found, with how often and how long. */

const columns: readonly GridColumn<FoundName>[] = [
  {
    key: 'name',
    title: 'Name',
    definition: definitions.sliceName,
    width: 'minmax(160px, 1fr)',
    value: ({ name }) => name,
    cell: ({ name }) => <span title={name}>{shortName(name)}</span>,
  },
  {
    key: 'kind',
    title: 'Kind',
    definition: definitions.sliceKind,
    width: '120px',
    value: ({ kind }) => kind,
    cell: ({ kind }) => <KindName kind={kind} />,
  },
  {
    key: 'count',
    title: 'Count',
    definition: definitions.foundCount,
    width: '84px',
    numeric: true,
    value: ({ count }) => count,
    cell: ({ count }) => formatCount(count),
  },
  {
    key: 'totalNs',
    title: 'Sum',
    definition: definitions.foundSum,
    width: '96px',
    numeric: true,
    value: ({ totalNs }) => totalNs,
    cell: ({ totalNs }) => formatDurationNs(totalNs),
  },
];

interface FoundNamesProps {
  readonly names: readonly FoundName[];
  readonly onChoose: (name: string) => void;
}

export function FoundNames({ names, onChoose }: FoundNamesProps) {
  return (
    <div className="search-bar__names">
      <DataGrid
        label="Names found"
        columns={columns}
        rows={names}
        rowKey={({ key }) => key}
        onChoose={({ name }) => onChoose(name)}
        initialSort={{ key: 'totalNs', descending: true }}
      />
    </div>
  );
}
