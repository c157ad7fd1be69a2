// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { shortName } from '#renderer/timeline/text.ts';
import type { TableColumn } from '../model/table-column.ts';
import type { Answer } from '../model/use-tables.ts';
import { ChosenTable } from './ChosenTable.tsx';
import type { SortOrder } from './grid-model.ts';
import { KindName } from './KindName.tsx';
import { Sparkline } from './Sparkline.tsx';

/** A table of slices by name and kind. */

interface NamedRow {
  readonly key: string;
  readonly name: string;
  readonly kind: string;
  readonly present?: number | null;
  readonly seriesNs?: readonly number[];
}

interface NamedTableProps<Row> {
  readonly label: string;
  readonly fileName: string;
  readonly answer: Answer<readonly Row[]>;
  readonly columns: readonly TableColumn<Row>[];
  readonly sort: string;
  readonly example: string;
  readonly selectedName: string | null;
  readonly onChoose: (row: Row) => void;
  readonly controls?: ReactNode;
  /** Stands in place of no rows. */
  readonly empty: ReactNode;
}

const looks = {
  name: {
    width: 'minmax(170px, 1fr)',
    cell: ({ name }: NamedRow) => <span title={name}>{shortName(name)}</span>,
  },
  kind: { width: '108px', cell: ({ kind }: NamedRow) => <KindName kind={kind} /> },
  present: {
    width: '124px',
    cell: ({ present = null, seriesNs = [] }: NamedRow) =>
      present === null ? '—' : <Sparkline count={present} seriesNs={seriesNs} />,
  },
};

export function NamedTable<Row extends NamedRow>(props: NamedTableProps<Row>) {
  const { label, fileName, answer, columns, sort, example, selectedName, onChoose, controls, empty } = props;
  const order: SortOrder = { key: sort, descending: true };
  if (answer === null || 'message' in answer || answer.of.length === 0) {
    return (
      <div className="chosen-table">
        {controls !== undefined && <div className="chosen-table__bar">{controls}</div>}
        {answer === null && <p className="trace-note">Adding up…</p>}
        {answer !== null &&
          ('message' in answer ? <Notice severity="error">{answer.message}</Notice> : empty)}
      </div>
    );
  }
  return (
    <ChosenTable
      label={label}
      fileName={fileName}
      columns={columns}
      rows={answer.of}
      rowKey={({ key }) => key}
      isSelected={({ name }) => name === selectedName}
      onChoose={onChoose}
      initialSort={order}
      looks={looks}
      example={example}
      controls={controls}
    />
  );
}
