// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import type { AppInfo } from '#shared/contract/app.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { notifyFailure } from '#renderer/stores/notices.ts';
import { Dialog } from '#renderer/widgets/Dialog.tsx';
import './info-dialog.css';

interface InfoDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

const rows: readonly (readonly [label: string, key: keyof AppInfo])[] = [
  ['Iterscope', 'version'],
  ['Native module', 'native'],
  ['Electron', 'electron'],
  ['Chromium', 'chrome'],
  ['Node.js', 'node'],
  ['Platform', 'platform'],
  ['Runs and data', 'dataFolder'],
];

/** Which Iterscope this is: what a bug report needs. */
export function InfoDialog({ open, onClose }: InfoDialogProps) {
  const [info, setInfo] = useState<AppInfo | null>(null);
  useEffect(() => {
    if (!open) return;
    invoke('app.info').then(setInfo, notifyFailure);
  }, [open]);
  return (
    <Dialog title="About Iterscope" open={open} onClose={onClose}>
      <p className="info__text">
        A profiling workbench for LLM inference: profiled runs, timelines, iteration windows, expert load.
      </p>
      <dl className="info__list">
        {rows.map(([label, key]) => (
          <div key={key} className="info__row">
            <dt>{label}</dt>
            <dd className="selectable">{info?.[key] ?? '…'}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
