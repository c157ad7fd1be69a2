// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import { Icon } from './Icon.tsx';
import './disclosure.css';

interface DisclosureProps {
  readonly title: string;
  /** Stands beside the title also when closed. */
  readonly note?: ReactNode;
  readonly open: boolean;
  readonly onToggle: (open: boolean) => void;
  readonly children: ReactNode;
}

export function Disclosure({ title, note, open, onToggle, children }: DisclosureProps) {
  return (
    <div className="disclosure">
      <button
        type="button"
        className="disclosure__button"
        aria-expanded={open}
        onClick={() => {
          onToggle(!open);
        }}
      >
        <Icon name="chevron" />
        {title}
        {note !== undefined && <span className="disclosure__note">{note}</span>}
      </button>
      {open && children}
    </div>
  );
}
