// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon.tsx';
import { IconButton } from './IconButton.tsx';
import './notice.css';

export type Severity = 'error' | 'warning' | 'note';

const icons: Readonly<Record<Severity, IconName>> = { error: 'error', warning: 'warning', note: 'info' };
const words: Readonly<Record<Severity, string>> = { error: 'Error', warning: 'Warning', note: 'Note' };

interface NoticeProps {
  readonly severity: Severity;
  readonly children: ReactNode;
  /** Absent: the notice stays as long as its cause. */
  readonly onDismiss?: () => void;
}

/** A sentence for the user that does not stop the work. */
export function Notice({ severity, children, onDismiss }: NoticeProps) {
  return (
    <div className={`notice notice--${severity}`}>
      <Icon name={icons[severity]} />
      <div className="notice__text selectable">
        <span className="visually-hidden">{words[severity]}: </span>
        {children}
      </div>
      {onDismiss !== undefined && <IconButton icon="close" label="Dismiss" small onClick={onDismiss} />}
    </div>
  );
}
