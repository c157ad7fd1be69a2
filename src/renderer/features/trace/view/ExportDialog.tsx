// SPDX-License-Identifier: Apache-2.0
import { useRef, useState, type SyntheticEvent } from 'react';
import { Button } from '#renderer/widgets/Button.tsx';
import { Dialog } from '#renderer/widgets/Dialog.tsx';
import { Segmented } from '#renderer/widgets/Segmented.tsx';
import { Select } from '#renderer/widgets/Select.tsx';
import { exportTrace, fileNameOf, partChoices, partOf, type Shown } from '../model/exporting.ts';
import type { ReadyTrace } from '../model/ready.ts';
import './export-dialog.css';

interface ExportDialogProps {
  readonly traces: readonly ReadyTrace[];
  readonly shown: Shown;
  readonly onClose: () => void;
}

const CONTENTS = [
  {
    value: 'trace',
    label: 'Smaller trace (Chrome JSON)',
    says: 'Slices, arrows, counters and arguments, for Perfetto, Iterscope and other viewers of Chrome JSON. Times stay where they are.',
  },
  {
    value: 'slices',
    label: 'Table of slices',
    says: 'One row for each slice: start and duration in nanoseconds, kind, name, process, thread, device, stream, lane and correlation.',
  },
  {
    value: 'iterations',
    label: 'Table of iterations',
    says: 'One row for each iteration: host and GPU window, composition, idle causes, launch delay, garbage collection and global lock, in nanoseconds.',
  },
  {
    value: 'kernels',
    label: 'Table of kernels',
    says: 'One row for each name: count, sum, smallest, median, 95th percentile and largest duration in nanoseconds.',
  },
  {
    value: 'operators',
    label: 'Table of operators',
    says: 'One row for each name: host time, and how many activities of the device it launched, with their time in nanoseconds.',
  },
] as const;

type Contents = (typeof CONTENTS)[number]['value'];

const TABLE_FORMATS = [
  { value: 'csv', label: 'CSV' },
  { value: 'parquet', label: 'Parquet' },
] as const;

type TableFormat = (typeof TABLE_FORMATS)[number]['value'];

const wantedOf = (contents: Contents, format: TableFormat) =>
  contents === 'trace' ? ({ format: 'chrome' } as const) : { format, table: contents };

/** A table's name in that of its file; slices are what every part is made of. */
const suffixOf = (contents: Contents): string =>
  contents === 'trace' || contents === 'slices' ? '' : `-${contents}`;

/** Which part of which trace is written as what; the place is asked for afterwards. */
export function ExportDialog({ traces, shown, onClose }: ExportDialogProps) {
  const form = useRef<HTMLFormElement>(null);
  const parts = partChoices(shown);
  const [partName, setPartName] = useState<string>('shown');
  const [traceId, setTraceId] = useState(traces[0]?.session.source.sourceId ?? '');
  const [contents, setContents] = useState<Contents>('trace');
  const [format, setFormat] = useState<TableFormat>('csv');
  const trace = traces.find(({ session }) => session.source.sourceId === traceId);
  const part = parts.find(({ value }) => value === partName);
  const says = CONTENTS.find(({ value }) => value === contents)?.says;
  const write = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (trace === undefined || part === undefined) return;
    onClose();
    void exportTrace({
      trace,
      ...wantedOf(contents, format),
      part: partOf(part.value, shown, trace.offsetNs),
      name: fileNameOf(trace.session.source.name, `${suffixOf(contents)}${part.suffix}`),
    });
  };
  return (
    <Dialog title="Export a part of the trace" open onClose={onClose} initialFocus={form}>
      <form ref={form} className="export-dialog" tabIndex={-1} onSubmit={write}>
        {traces.length > 1 && (
          <Select
            label="Trace"
            value={traceId}
            onChange={setTraceId}
            options={traces.map(({ session, label }) => ({ value: session.source.sourceId, label }))}
          />
        )}
        <Select label="Part" value={partName} onChange={setPartName} options={parts} />
        <Select
          label="As"
          value={contents}
          onChange={(value) => setContents(CONTENTS.find((one) => one.value === value)?.value ?? 'trace')}
          options={CONTENTS}
        />
        <p className="export-dialog__says">{says}</p>
        <div className="export-dialog__buttons">
          {contents !== 'trace' && (
            <Segmented label="Format" value={format} segments={TABLE_FORMATS} onChange={setFormat} />
          )}
          <span className="export-dialog__space" />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={trace === undefined}>
            Export…
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
