// SPDX-License-Identifier: Apache-2.0
import { useState, type ReactNode } from 'react';
import { formatBytes, formatCount } from '#shared/base/units.ts';
import type { DiskUse } from '#shared/contract/library.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { Dialog } from '#renderer/widgets/Dialog.tsx';
import { emptyTrash, freeStores } from '../actions.ts';

interface DiskDialogProps {
  readonly use: DiskUse;
  readonly open: boolean;
  readonly onClose: () => void;
  /** Something was freed: the figures are others now. */
  readonly onChanged: () => void;
}

/** What the library takes on disk, and what of it can be had back without losing anything. */
export function DiskDialog({ use, open, onClose, onChanged }: DiskDialogProps) {
  const [busy, setBusy] = useState(false);
  const sum = (of: (run: DiskUse['runs'][number]) => number): number =>
    use.runs.reduce((total, run) => total + of(run), 0);
  const artifacts = sum(({ artifactBytes }) => artifactBytes);
  const stores = sum(({ storeBytes }) => storeBytes);
  const withStores = use.runs.flatMap(({ id, storeBytes }) => (storeBytes > 0 ? [id] : []));
  const perform = (work: () => Promise<void>): void => {
    setBusy(true);
    void work().then(() => {
      setBusy(false);
      onChanged();
    });
  };
  return (
    <Dialog title="Disk use" open={open} onClose={onClose}>
      <table className="table disk-use" aria-label="Disk use">
        <tbody>
          <Line
            label="Traces, statistics, reports"
            note={`of ${formatCount(use.runs.length)} runs; freed run by run with “Free space”`}
            bytes={artifacts}
          />
          <Line
            label="Manifests and logs"
            note="what makes a run findable"
            bytes={sum(({ totalBytes, artifactBytes }) => totalBytes - artifactBytes)}
          />
          <Line label="Stores of runs" note="made from traces; made again when one is opened" bytes={stores}>
            <Button
              disabled={busy || withStores.length === 0}
              onClick={() => perform(() => freeStores(withStores))}
            >
              Free stores
            </Button>
          </Line>
          <Line
            label="Stores of other files"
            note="of traces that were opened from elsewhere"
            bytes={use.otherStoreBytes}
          />
          <Line
            label="Trash"
            note={`${formatCount(use.trash.runs)} deleted runs, each kept for a week`}
            bytes={use.trash.bytes}
          >
            <Button
              variant="danger"
              disabled={busy || use.trash.runs === 0}
              onClick={() => perform(emptyTrash)}
            >
              Empty trash
            </Button>
          </Line>
        </tbody>
      </table>
      <p className="library__quiet selectable">
        Runs: {use.dataFolder}
        <br />
        Stores: {use.cacheFolder}
      </p>
    </Dialog>
  );
}

interface LineProps {
  readonly label: string;
  readonly note: string;
  readonly bytes: number;
  readonly children?: ReactNode;
}

function Line({ label, note, bytes, children }: LineProps) {
  return (
    <tr>
      <th scope="row">
        {label}
        <div className="library__quiet">{note}</div>
      </th>
      <td className="table__numeric">{formatBytes(bytes)}</td>
      <td className="disk-use__action">{children}</td>
    </tr>
  );
}
