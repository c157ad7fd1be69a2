// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import type { AppInfo } from '#shared/contract/app.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { notify, notifyFailure } from '#renderer/stores/notices.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { Dialog } from '#renderer/widgets/Dialog.tsx';
import { infoRows, infoText } from './model.ts';
import './info-dialog.css';

interface InfoDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

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
        {info !== null &&
          infoRows(info).map(([label, value]) => (
            <div key={label} className="info__row">
              <dt>{label}</dt>
              <dd className="selectable">{value}</dd>
            </div>
          ))}
      </dl>
      <div className="info__actions">
        <Button
          icon="copy"
          disabled={info === null}
          onClick={() => {
            if (info === null) return;
            navigator.clipboard.writeText(infoText(info)).then(() => {
              notify('note', 'The versions are on the clipboard.');
            }, notifyFailure);
          }}
        >
          Copy
        </Button>
      </div>
    </Dialog>
  );
}
