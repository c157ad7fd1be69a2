// SPDX-License-Identifier: Apache-2.0
import { timelineKeys } from '#renderer/features/trace/index.tsx';
import { Dialog } from '#renderer/widgets/Dialog.tsx';
import { Kbd } from '#renderer/widgets/Kbd.tsx';
import { keysHere } from './platform.ts';
import { libraryKeys, logKeys, windowKeys } from './shortcuts.ts';

interface KeysDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

export function KeysDialog({ open, onClose }: KeysDialogProps) {
  return (
    <Dialog title="Keys" open={open} onClose={onClose}>
      <div className="keys">
        <div className="keys__column">
          <KeyTable title="Window" rows={windowKeys} />
          <KeyTable title="Library" rows={libraryKeys} />
        </div>
        <KeyTable title="Timeline" rows={timelineKeys} />
        <KeyTable title="Log" rows={logKeys} />
      </div>
    </Dialog>
  );
}

function KeyTable({
  title,
  rows,
}: {
  readonly title: string;
  readonly rows: readonly (readonly [string, string])[];
}) {
  return (
    <table className="keys__table">
      <caption>{title}</caption>
      <tbody>
        {rows.map(([keys, meaning]) => (
          <tr key={keys}>
            <th scope="row">
              <span className="visually-hidden">{keysHere(keys)}</span>
              <Kbd keys={keysHere(keys)} />
            </th>
            <td>{meaning}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
