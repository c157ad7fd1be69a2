// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { Button } from '#renderer/widgets/Button.tsx';
import { Dialog } from '#renderer/widgets/Dialog.tsx';
import { Select } from '#renderer/widgets/Select.tsx';
import { fileNameOf, partChoices, partOf, writeForPerfetto, type Shown } from '../model/exporting.ts';
import { isChromeFile, showFile, useViewers } from '../model/hand-over.ts';
import type { ReadyTrace } from '../model/ready.ts';
import { TraceSelect } from './TraceSelect.tsx';
import './export-dialog.css';

interface PerfettoDialogProps {
  readonly traces: readonly ReadyTrace[];
  readonly shown: Shown;
  readonly onClose: () => void;
}

/** Perfetto is a page in a browser: it gets a file, from the user's own hand. */
export function PerfettoDialog({ traces, shown, onClose }: PerfettoDialogProps) {
  const parts = partChoices(shown);
  const [partName, setPartName] = useState<string>('shown');
  const [traceId, setTraceId] = useState(traces[0]?.session.source.sourceId ?? '');
  const trace = traces.find(({ session }) => session.source.sourceId === traceId);
  const part = parts.find(({ value }) => value === partName);
  const processor = useViewers(trace?.session.source.sourceId)?.traceProcessor ?? null;
  const asItIs = partName === 'all' && trace !== undefined && isChromeFile(trace);
  const hand = (): void => {
    if (trace === undefined || part === undefined) return;
    onClose();
    if (asItIs) void showFile(trace);
    else {
      const name = fileNameOf(trace.session.source.name, part.suffix);
      void writeForPerfetto(trace, partOf(part.value, shown, trace.offsetNs), name);
    }
  };
  return (
    <Dialog title="Open in Perfetto" open onClose={onClose}>
      <div className="export-dialog">
        <TraceSelect traces={traces} value={traceId} onChange={setTraceId} />
        <Select label="Part" value={partName} onChange={setPartName} options={parts} />
        <p className="export-dialog__says">
          Perfetto’s viewer is a web page, ui.perfetto.dev. Iterscope sends it nothing and opens no browser:{' '}
          {asItIs
            ? 'the trace’s own file is shown in its folder.'
            : 'it writes the part as Chrome JSON to a file that you name, and can show it in its folder.'}{' '}
          Drop the file on the page: it is read there, in your browser.
        </p>
        {processor !== null && (
          <>
            <p className="export-dialog__says">
              Perfetto’s trace processor is installed here. Started like this in a terminal it reads the file
              instead of the browser, which bears larger traces:
            </p>
            <code className="export-dialog__command selectable">{processor} --httpd FILE</code>
          </>
        )}
        <div className="export-dialog__buttons">
          <span className="export-dialog__space" />
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" disabled={trace === undefined} onClick={hand}>
            {asItIs ? 'Show in folder' : 'Write…'}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
