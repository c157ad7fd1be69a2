// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from 'react';
import { formatCount } from '#shared/base/units.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { Dialog } from '#renderer/widgets/Dialog.tsx';
import { Table } from '#renderer/widgets/Table.tsx';
import type { ReadyTrace } from '../model/ready.ts';
import { setWarnings } from '../model/set-warnings.ts';

/** What the reader of the traces noticed, and what to do about it. */

interface WarningsProps {
  readonly traces: readonly ReadyTrace[];
}

export function WarningTable({ traces }: WarningsProps) {
  const warnings = useMemo(() => setWarnings(traces), [traces]);
  return (
    <Table
      label="Warnings"
      rows={warnings}
      rowKey={({ code, message }) => `${code} ${message}`}
      empty="Nothing was noticed while reading."
      columns={[
        { key: 'trace', title: traces.length > 1 ? 'Ranks' : 'Trace', cell: ({ ranks }) => ranks },
        { key: 'message', title: 'What it means', cell: ({ message }) => message },
        { key: 'cure', title: 'What to do', cell: ({ cure }) => cure },
        { key: 'code', title: 'Code', cell: ({ code }) => <span className="mono">{code}</span> },
        { key: 'count', title: 'Count', numeric: true, cell: ({ count }) => formatCount(count) },
      ]}
    />
  );
}

/** A button with the number of kinds, behind it the list. */
export function Warnings({ traces }: WarningsProps) {
  const [open, setOpen] = useState(false);
  const kinds = useMemo(() => setWarnings(traces).length, [traces]);
  if (kinds === 0) return null;
  return (
    <>
      <Button variant="quiet" icon="warning" className="trace-warnings" onClick={() => setOpen(true)}>
        {kinds === 1 ? '1 warning' : `${kinds} warnings`}
      </Button>
      <Dialog title="What was noticed while reading" open={open} onClose={() => setOpen(false)}>
        <WarningTable traces={traces} />
      </Dialog>
    </>
  );
}
