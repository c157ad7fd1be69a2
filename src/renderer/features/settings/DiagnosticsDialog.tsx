// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { formatBytes } from '#shared/base/units.ts';
import type { Diagnostics } from '#shared/contract/app.ts';
import { follow } from '#renderer/base/follow.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { notify, notifyFailure } from '#renderer/stores/notices.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { Dialog } from '#renderer/widgets/Dialog.tsx';
import { Table } from '#renderer/widgets/Table.tsx';
import './info-dialog.css';

interface DiagnosticsDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** Everything that a diagnostic archive would hold, before it is saved. */
export function DiagnosticsDialog({ open, onClose }: DiagnosticsDialogProps) {
  const [prepared, setPrepared] = useState<Diagnostics | null>(null);
  useEffect(() => {
    if (!open) return;
    const letGo = follow(invoke('diagnostics.prepare'), setPrepared, notifyFailure);
    return () => {
      letGo();
      setPrepared(null);
    };
  }, [open]);
  const save = async (ticket: string): Promise<void> => {
    try {
      const path = await invoke('diagnostics.save', { ticket });
      if (path === null) return;
      onClose();
      notify('note', `The diagnostics are in ${path}. Nothing was sent anywhere.`);
    } catch (thrown) {
      notifyFailure(thrown);
    }
  };
  return (
    <Dialog title="Diagnostics" open={open} onClose={onClose}>
      <p className="info__text">
        One archive for a bug report. It holds exactly what is listed: no output of a program, no trace, no
        prompt. Secrets are masked. It is saved where you say and sent nowhere.
      </p>
      <div className="info__entries">
        <Table
          label="What the archive holds"
          rows={prepared?.entries ?? []}
          rowKey={(entry) => entry.name}
          empty="Putting it together…"
          columns={[
            { key: 'name', title: 'File', cell: (entry) => <span className="mono">{entry.name}</span> },
            { key: 'what', title: 'What it says', cell: (entry) => entry.what },
            { key: 'bytes', title: 'Size', numeric: true, cell: (entry) => formatBytes(entry.bytes) },
          ]}
        />
      </div>
      <div className="info__actions">
        <Button
          variant="primary"
          icon="file"
          disabled={prepared === null}
          onClick={() => {
            if (prepared !== null) void save(prepared.ticket);
          }}
        >
          Save the archive…
        </Button>
      </div>
    </Dialog>
  );
}
