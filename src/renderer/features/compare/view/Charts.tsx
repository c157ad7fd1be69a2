// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from 'react';
import { comparisonPictures, pictureGroups } from '#shared/charts/comparison-pictures.ts';
import type { ComparisonPicture, PictureTable } from '#shared/charts/comparison-pictures.ts';
import type { Comparison, ComparisonAnswer } from '#shared/contract/comparison.ts';
import { Chart, pictureOf } from '#renderer/charts/index.tsx';
import { Button } from '#renderer/widgets/Button.tsx';
import { Segmented } from '#renderer/widgets/Segmented.tsx';
import { Table } from '#renderer/widgets/Table.tsx';
import { savePicture } from '../actions.ts';

interface ChartsProps {
  readonly comparison: Comparison;
  readonly answer: ComparisonAnswer;
}

/** Every chart of the comparison; each can be read as a table and saved as a picture. */
export function Charts({ comparison: { request }, answer }: ChartsProps) {
  const [a, b] = [request.a.label, request.b.label];
  const groups = useMemo(() => pictureGroups(comparisonPictures(answer, { a, b })), [answer, a, b]);
  if (groups.length === 0) return null;
  return (
    <section aria-labelledby="compare-charts">
      <h2 id="compare-charts">Charts</h2>
      <div className="compare-charts">
        {groups.map((pictures) => (
          <ChartGroup key={pictures[0]?.group} pictures={pictures} />
        ))}
      </div>
    </section>
  );
}

/** Variants of one chart, one of them shown. */
function ChartGroup({ pictures }: { readonly pictures: readonly ComparisonPicture[] }) {
  const [chosen, setChosen] = useState('');
  const [asTable, setAsTable] = useState(false);
  const picture = pictures.find(({ variant }) => variant === chosen) ?? pictures[0];
  if (picture === undefined) return null;
  const { title, variant, note } = picture;
  const name = variant === '' ? title : `${title}: ${variant}`;
  return (
    <section className="compare-chart" aria-label={title}>
      <div className="compare-chart__bar">
        <h3>{title}</h3>
        <span className="compare__space" />
        <Button variant="quiet" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          Table
        </Button>
        {(['svg', 'png'] as const).map((format) => (
          <Button
            key={format}
            variant="quiet"
            aria-label={`Save ${title} as ${format.toUpperCase()}`}
            onClick={() => void savePicture(picture.id, format, pictureOf(picture.build, format))}
          >
            {format.toUpperCase()}
          </Button>
        ))}
      </div>
      {pictures.length > 1 && (
        <Segmented
          label={`Variant of ${title}`}
          value={variant}
          segments={pictures.map((known) => ({ value: known.variant, label: known.variant }))}
          onChange={setChosen}
        />
      )}
      <p className="compare__quiet">{note}</p>
      {asTable ? (
        <FiguresTable label={name} table={picture.table} />
      ) : (
        <div className="compare-chart__plot" style={{ height: picture.heightPx }}>
          <Chart label={name} build={picture.build} />
        </div>
      )}
    </section>
  );
}

/** The figures of a chart: the same text as in reports. */
function FiguresTable({
  label,
  table: { head, rows },
}: {
  readonly label: string;
  readonly table: PictureTable;
}) {
  return (
    <div className="compare-chart__table">
      <Table<readonly string[]>
        label={label}
        rows={rows}
        rowKey={([name = '']) => name}
        columns={head.map((title, column) => ({
          key: title,
          title,
          numeric: column > 0,
          cell: (row) => row[column] ?? '',
        }))}
      />
    </div>
  );
}
