// SPDX-License-Identifier: Apache-2.0
import type { LayerMetrics } from '#shared/contract/experts.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { Table, type Column } from '#renderer/widgets/Table.tsx';
import { averageOf, layerColumns, layersAsCsv } from '../model/layer-columns.ts';
import { saveFile } from '../model/save.ts';

/** Every metric of every layer, with its definition at the head; the last row is the mean over layers. */

interface Row {
  readonly name: string;
  readonly layer: number | null;
  readonly values: readonly (number | null)[];
}

function rowsOf(metrics: readonly LayerMetrics[]): readonly Row[] {
  const rows = metrics.map((layer) => ({
    name: `Layer ${layer.layer}`,
    layer: layer.layer,
    values: layerColumns.map(({ of }) => of(layer)),
  }));
  const average = layerColumns.map((_, at) => averageOf(rows.map(({ values }) => values[at] ?? null)));
  return [...rows, { name: 'average', layer: null, values: average }];
}

interface LayerTableProps {
  readonly name: string;
  readonly metrics: readonly LayerMetrics[];
  readonly onSelectLayer: (layer: number) => void;
}

export function LayerTable({ name, metrics, onSelectLayer }: LayerTableProps) {
  const first: Column<Row> = {
    key: 'layer',
    title: 'Layer',
    cell: ({ name: text, layer }) =>
      layer === null ? (
        text
      ) : (
        <button type="button" className="layer-table__layer" onClick={() => onSelectLayer(layer)}>
          {text}
        </button>
      ),
  };
  const columns = layerColumns.map(({ key, title, definition, text }, at): Column<Row> => ({
    key,
    title,
    definition,
    numeric: true,
    cell: ({ values }) => {
      const value = values[at] ?? null;
      return value === null ? <span title="cannot answer">—</span> : text(value);
    },
  }));
  return (
    <div className="expert-page">
      <div className="expert-page__bar">
        <p>A dash says “cannot answer”: the layer has no tokens, or too few iterations.</p>
        <Button
          variant="quiet"
          onClick={() => void saveFile({ name, format: 'csv', content: layersAsCsv(metrics) })}
        >
          Save as CSV
        </Button>
        <Button
          variant="quiet"
          onClick={() =>
            void saveFile({ name, format: 'json', content: `${JSON.stringify(metrics, undefined, 1)}\n` })
          }
        >
          Save as JSON
        </Button>
      </div>
      <div className="expert-page__scroll" tabIndex={0} role="region" aria-label="Metrics of all layers">
        <Table
          label="Metrics by layer"
          columns={[first, ...columns]}
          rows={rowsOf(metrics)}
          rowKey={(row) => row.name}
        />
      </div>
    </div>
  );
}
