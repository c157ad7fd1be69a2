// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { formatCount } from '#shared/base/units.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { Dialog } from '#renderer/widgets/Dialog.tsx';
import { Table } from '#renderer/widgets/Table.tsx';
import type { ReadySet } from '../model/ready.ts';

/** What the reader of the traces noticed: a button with the number of kinds, behind it the list. */
export function Warnings({ ready }: { readonly ready: ReadySet }) {
  const [open, setOpen] = useState(false);
  const warnings = ready.traces.flatMap(({ label, trace }) =>
    trace.summary.warnings.map((warning) => ({ ...warning, label })),
  );
  if (warnings.length === 0) return null;
  const text = warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`;
  return (
    <>
      <Button variant="quiet" icon="warning" className="trace-warnings" onClick={() => setOpen(true)}>
        {text}
      </Button>
      <Dialog title="What was noticed while reading" open={open} onClose={() => setOpen(false)}>
        <Table
          label="Warnings"
          rows={warnings}
          rowKey={({ label, code, message }) => `${label} ${code} ${message}`}
          columns={[
            { key: 'trace', title: 'Trace', cell: ({ label }) => label },
            { key: 'message', title: 'What', cell: ({ message }) => message },
            { key: 'code', title: 'Code', cell: ({ code }) => <span className="mono">{code}</span> },
            { key: 'count', title: 'Count', numeric: true, cell: ({ count }) => formatCount(count) },
          ]}
        />
      </Dialog>
    </>
  );
}
