// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { formatCount, formatDurationNs, formatPercent } from '#shared/base/units.ts';
import { shortName } from '#renderer/timeline/text.ts';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { Segmented } from '#renderer/widgets/Segmented.tsx';
import { Select } from '#renderer/widgets/Select.tsx';
import { definitions } from '../model/definitions.ts';
import type { RangeBy, RangeRow } from '../model/range-sums.ts';
import type { ReadyTrace } from '../model/ready.ts';
import { DataGrid, type GridColumn } from './DataGrid.tsx';
import { useRange, type RangeAnswer, type RangeLayer, type TimeSpan } from './use-range.ts';

/** A range of time in figures: how the devices spent it, and what ran in it by kind, name or track. */

const LAYERS: readonly { readonly value: RangeLayer; readonly label: string }[] = [
  { value: 'device-work', label: 'GPU work' },
  { value: 'operators', label: 'Operators' },
  { value: 'calls', label: 'Calls of runtime and driver' },
  { value: 'ranges', label: 'Ranges' },
  { value: 'all', label: 'All slices' },
];
const BY = [
  { value: 'kind', label: 'Kind' },
  { value: 'name', label: 'Name' },
  { value: 'track', label: 'Track' },
] as const;

type Figure = 'insideNs' | 'meanNs' | 'minNs' | 'medianNs' | 'p95Ns' | 'maxNs';

const time = (key: Figure, title: string, definition: string): GridColumn<RangeRow> => ({
  key,
  title,
  width: '68px',
  numeric: true,
  definition,
  value: (row) => row[key],
  cell: (row) => formatDurationNs(row[key]),
});

const columns: readonly GridColumn<RangeRow>[] = [
  {
    key: 'label',
    title: 'What',
    width: '120px',
    value: ({ label }) => label,
    cell: ({ rank, label }) => (
      <span title={label}>{rank === '' ? shortName(label) : `${rank} · ${shortName(label)}`}</span>
    ),
  },
  time('insideNs', 'Sum', definitions.rangeInside),
  {
    key: 'count',
    title: 'Count',
    width: '56px',
    numeric: true,
    value: ({ count }) => count,
    cell: ({ count }) => formatCount(count),
  },
  time('meanNs', 'Mean', definitions.rangeDurations),
  time('minNs', 'Min', definitions.rangeDurations),
  time('medianNs', 'Median', definitions.rangeDurations),
  time('p95Ns', 'p95', definitions.rangeDurations),
  time('maxNs', 'Max', definitions.rangeDurations),
];

function Devices({ devices }: Pick<RangeAnswer, 'devices'>) {
  return devices.map(({ label, busyNs, busyRatio, idleNs, exposedNs }) => (
    <p key={label} className="trace-range__device selectable">
      <strong>{label}</strong> busy {formatDurationNs(busyNs)} ({formatPercent(busyRatio)}), idle{' '}
      {formatDurationNs(idleNs)}, exposed communication {formatDurationNs(exposedNs)}
    </p>
  ));
}

interface RangePanelProps {
  readonly traces: readonly ReadyTrace[];
  readonly range: TimeSpan;
}

export function RangePanel({ traces, range }: RangePanelProps) {
  const onGpu = traces.some(({ trace }) => trace.summary.gpu.devices.length > 0);
  const [layer, setLayer] = useState<RangeLayer>(onGpu ? 'device-work' : 'all');
  const [by, setBy] = useState<RangeBy>('kind');
  const answer = useRange(traces, range, layer, by);
  return (
    <div className="trace-details__range" role="group" aria-label="Selected range">
      <span>Range</span>
      <strong className="selectable">{formatDurationNs(range.endNs - range.startNs)}</strong>
      <span>
        {formatDurationNs(range.startNs)} to {formatDurationNs(range.endNs)}
      </span>
      {answer !== null && 'devices' in answer && <Devices devices={answer.devices} />}
      <div className="trace-range__choice">
        <Select
          label="Of"
          value={layer}
          options={LAYERS}
          onChange={(value) => setLayer(LAYERS.find((each) => each.value === value)?.value ?? 'all')}
        />
        <Segmented label="Sums by" value={by} segments={BY} onChange={setBy} />
      </div>
      {answer !== null && 'message' in answer && <Notice severity="error">{answer.message}</Notice>}
      {answer !== null && 'rows' in answer && answer.rows.length === 0 && (
        <p className="trace-note">Nothing of this ran in the range.</p>
      )}
      {answer !== null && 'rows' in answer && answer.rows.length > 0 && (
        <div className="trace-range__table">
          <DataGrid
            label="What the range holds"
            columns={columns}
            rows={answer.rows}
            rowKey={({ key }) => key}
            initialSort={{ key: 'insideNs', descending: true }}
          />
        </div>
      )}
    </div>
  );
}
