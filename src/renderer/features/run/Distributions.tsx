// SPDX-License-Identifier: Apache-2.0
import type { ReportedFigure } from '#shared/contract/run.ts';
import { formatFigure } from '#renderer/base/format.ts';
import { Table, type Column } from '#renderer/widgets/Table.tsx';
import { Tooltip } from '#renderer/widgets/Tooltip.tsx';
import { definitionOf } from './definitions.ts';
import { distributionsOf, type Distribution } from './model.ts';

/** How times and speeds were distributed over the requests: a row for each, a column for each statistic. */
export function Distributions({ figures }: { readonly figures: readonly ReportedFigure[] }) {
  const { rows, statistics } = distributionsOf(figures);
  if (rows.length === 0) return null;
  const columns: Column<Distribution>[] = [
    { key: 'name', title: 'Over the requests', cell: ({ name }) => <Name name={name} /> },
    { key: 'unit', title: 'Unit', cell: ({ unit }) => unit },
    ...statistics.map((statistic) => ({
      key: statistic,
      title: statistic,
      numeric: true,
      cell: ({ values }: Distribution) => {
        const value = values.get(statistic);
        return value === undefined ? '' : formatFigure(value);
      },
    })),
  ];
  return (
    <div className="overview__distributions">
      <Table
        label="Distributions over the requests"
        rows={rows}
        rowKey={({ name }) => name}
        columns={columns}
      />
    </div>
  );
}

function Name({ name }: { readonly name: string }) {
  const definition = definitionOf(name);
  if (definition === undefined) return name;
  return (
    <Tooltip content={definition}>
      <button type="button" className="figure__definition" aria-description={definition}>
        {name}
      </button>
    </Tooltip>
  );
}
