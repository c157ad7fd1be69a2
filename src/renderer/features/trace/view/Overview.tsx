// SPDX-License-Identifier: Apache-2.0
import { useId, useMemo, useState, type KeyboardEvent } from 'react';
import { formatDurationNs } from '#shared/base/units.ts';
import { RankHeatChart, RankHeatLegend } from '#renderer/charts/index.tsx';
import { Segmented } from '#renderer/widgets/Segmented.tsx';
import { Table } from '#renderer/widgets/Table.tsx';
import { captureText } from '../model/capture-text.ts';
import { definitions } from '../model/definitions.ts';
import type { IterationRow } from '../model/iteration-rows.ts';
import { spanText } from '../model/iteration-span.ts';
import {
  moveInGrid,
  overviewGrid,
  type GridPlace,
  type OverviewGrid,
  type OverviewMeasure,
} from '../model/overview.ts';
import type { ReadyTrace } from '../model/ready.ts';
import { findStragglers, stragglerSentence } from '../model/stragglers.ts';
import { RankTable } from './RankTable.tsx';
import { WarningTable } from './Warnings.tsx';
import './overview.css';

/** The set at a glance: its ranks over iterations, who holds the others up, and what its recordings lack. */

interface OverviewProps {
  readonly traces: readonly ReadyTrace[];
  readonly rows: readonly IterationRow[];
  readonly onSelect: (iteration: number) => void;
}

const measures = [
  { value: 'time', label: 'Time' },
  { value: 'idle', label: 'Idle' },
] as const;

export function Overview({ traces, rows, onSelect }: OverviewProps) {
  return (
    <div className="trace-overview">
      <Stragglers rows={rows} />
      {rows.length > 0 && <HeatMap rows={rows} onSelect={onSelect} />}
      <RankTable rows={rows} />
      <h3 className="trace-overview__heading">Capture check</h3>
      <Table
        label="Capture check"
        rows={traces}
        rowKey={({ session }) => session.source.sourceId}
        columns={[
          { key: 'rank', title: traces.length > 1 ? 'Rank' : 'Trace', cell: ({ label }) => label },
          {
            key: 'capture',
            title: 'Recorded',
            definition: definitions.captured,
            cell: ({ trace }) => captureText(trace.summary.capture),
          },
        ]}
      />
      <h3 className="trace-overview__heading">Warnings</h3>
      <WarningTable traces={traces} />
    </div>
  );
}

function Stragglers({ rows }: { readonly rows: readonly IterationRow[] }) {
  const found = useMemo(() => findStragglers(rows), [rows]);
  if (found.length === 0) return null;
  return (
    <ul className="trace-overview__stragglers selectable" aria-label="Slowest ranks">
      {found.map((straggler) => (
        <li key={straggler.of} data-stands-out={straggler.standsOut}>
          {stragglerSentence(straggler)}
        </li>
      ))}
    </ul>
  );
}

function cellText({ ranks, columns, cells }: OverviewGrid, { x, y }: GridPlace, measure: string): string {
  const column = columns[x];
  if (column === undefined) return '';
  const cell = cells[y * columns.length + x] ?? null;
  if (cell === null) return `${ranks[y] ?? ''}, iteration ${spanText(column)}: ${measure} not recorded`;
  return `${ranks[y] ?? ''}, iteration ${cell.iteration}: ${measure} ${formatDurationNs(cell.ns)}`;
}

/** The cells of the heat map, and moving among them. */
function useCells(rows: OverviewProps['rows'], onSelect: OverviewProps['onSelect']) {
  const [measure, setMeasure] = useState<OverviewMeasure>('time');
  const [place, setPlace] = useState<GridPlace | null>(null);
  const grid = useMemo(() => overviewGrid(rows, measure), [rows, measure]);
  const size = { columns: grid.columns.length, rows: grid.ranks.length };
  const go = (to: GridPlace): void => {
    if (to.x < 0 || to.y < 0 || to.x >= size.columns || to.y >= size.rows) return;
    setPlace(to);
    const cell = grid.cells[to.y * size.columns + to.x] ?? null;
    const iteration = cell?.iteration ?? grid.columns[to.x]?.first;
    if (iteration !== undefined) onSelect(iteration);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && place !== null) go(place);
    const next = moveInGrid(event.key, place, size);
    if (next === null) return;
    event.preventDefault();
    setPlace(next);
  };
  return { measure, setMeasure, grid, place, go, onKeyDown };
}

function HeatMap({ rows, onSelect }: Pick<OverviewProps, 'rows' | 'onSelect'>) {
  const help = useId();
  const { measure, setMeasure, grid, place, go, onKeyDown } = useCells(rows, onSelect);
  const onHost = rows.every((row) => row.onHost);
  const name = measure === 'time' ? 'host window' : onHost ? 'idle' : 'GPU idle';
  const data = useMemo(
    () => ({ ranks: grid.ranks, columns: grid.columns.map(spanText), measure: name, cells: grid.cells }),
    [grid, name],
  );
  const what = grid.perColumn > 1 ? `longest ${name} of each ${grid.perColumn} iterations` : name;
  return (
    <>
      <div className="trace-overview__bar">
        <Segmented label="Figure of the heat map" value={measure} segments={measures} onChange={setMeasure} />
        <span
          className="trace-overview__what"
          title={measure === 'time' ? definitions.time : definitions.idle}
        >
          {what}
        </span>
        <RankHeatLegend data={data} />
        <output className="trace-overview__cell" aria-label="Cell">
          {place === null ? '' : cellText(grid, place, name)}
        </output>
      </div>
      <div
        className="trace-overview__map"
        role="application"
        aria-label="Ranks and iterations"
        aria-describedby={help}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <RankHeatChart
          label={`Heat map of the ${what}, of ${grid.ranks.length} ranks.`}
          data={data}
          marked={place}
          onPick={go}
        />
      </div>
      <p id={help} className="visually-hidden">
        Arrow keys choose a cell, Enter leads the timeline to its iteration.
      </p>
    </>
  );
}
