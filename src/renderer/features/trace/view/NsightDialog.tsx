// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import type { FoundViewers } from '#shared/contract/viewers.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { Dialog } from '#renderer/widgets/Dialog.tsx';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { openInNsight, useViewers } from '../model/hand-over.ts';
import type { ReadyTrace } from '../model/ready.ts';
import { TraceSelect } from './TraceSelect.tsx';
import './export-dialog.css';

interface NsightDialogProps {
  /** Reports of Nsight Systems, or exports of them. */
  readonly traces: readonly ReadyTrace[];
  readonly onClose: () => void;
}

/** Says which program would be started with which report, or why none can be. */
export function NsightDialog({ traces, onClose }: NsightDialogProps) {
  const [traceId, setTraceId] = useState(traces[0]?.session.source.sourceId ?? '');
  const trace = traces.find(({ session }) => session.source.sourceId === traceId);
  const viewers = useViewers(trace?.session.source.sourceId);
  const { program = null, report = null } = viewers?.nsight ?? {};
  const ready = program !== null && report !== null;
  return (
    <Dialog title="Open in Nsight Systems" open onClose={onClose}>
      <div className="export-dialog">
        <TraceSelect traces={traces} value={traceId} onChange={setTraceId} />
        {viewers === null ? (
          <p className="export-dialog__says">Looking for Nsight Systems…</p>
        ) : (
          <WhatHappens nsight={viewers.nsight} path={trace?.session.source.path ?? ''} />
        )}
        <div className="export-dialog__buttons">
          <span className="export-dialog__space" />
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            disabled={!ready}
            onClick={() => {
              if (trace !== undefined) void openInNsight(trace);
              onClose();
            }}
          >
            Start
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function WhatHappens({ nsight, path }: { readonly nsight: FoundViewers['nsight']; readonly path: string }) {
  const { program, report } = nsight;
  if (program === null) {
    return (
      <Notice severity="warning">
        The window of Nsight Systems (nsys-ui) is neither on the PATH nor below /opt/nvidia/nsight-systems.
        Install Nsight Systems, or add the folder of nsys-ui to PATH and start Iterscope again.
      </Notice>
    );
  }
  if (report === null) {
    return (
      <Notice severity="warning">
        Nsight Systems opens its own reports (.nsys-rep), and there is none beside {path}. Put the report that
        it was exported from into the same folder.
      </Notice>
    );
  }
  return (
    <>
      <p className="export-dialog__says">
        This program is started with the report. It runs on its own, and goes on when Iterscope ends.
      </p>
      <code className="export-dialog__command selectable">
        {program} {report}
      </code>
    </>
  );
}
