// SPDX-License-Identifier: Apache-2.0
import { useRef, useState, type SyntheticEvent } from 'react';
import { Button } from '#renderer/widgets/Button.tsx';
import { Dialog } from '#renderer/widgets/Dialog.tsx';
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
    value: 'chrome',
    label: 'Trace (Chrome JSON)',
    says: 'A smaller trace with slices, arrows, counters and arguments, which Perfetto and Iterscope open. Times stay where they are.',
  },
  {
    value: 'slices-csv',
    label: 'Slices (CSV)',
    says: 'One row for each slice: start and duration in nanoseconds, kind, name, process, thread, device, stream, lane and correlation.',
  },
] as const;

type Contents = (typeof CONTENTS)[number]['value'];

/** Which part of which trace is written as what; the place is asked for afterwards. */
export function ExportDialog({ traces, shown, onClose }: ExportDialogProps) {
  const form = useRef<HTMLFormElement>(null);
  const parts = partChoices(shown);
  const [partName, setPartName] = useState<string>('shown');
  const [traceId, setTraceId] = useState(traces[0]?.session.source.sourceId ?? '');
  const [format, setFormat] = useState<Contents>('chrome');
  const trace = traces.find(({ session }) => session.source.sourceId === traceId);
  const part = parts.find(({ value }) => value === partName);
  const says = CONTENTS.find(({ value }) => value === format)?.says;
  const write = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (trace === undefined || part === undefined) return;
    onClose();
    void exportTrace({
      trace,
      format,
      part: partOf(part.value, shown, trace.offsetNs),
      name: fileNameOf(trace.session.source.name, part.suffix),
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
          value={format}
          onChange={(value) => setFormat(CONTENTS.find((one) => one.value === value)?.value ?? 'chrome')}
          options={CONTENTS}
        />
        <p className="export-dialog__says">{says}</p>
        <div className="export-dialog__buttons">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={trace === undefined}>
            Export…
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
