// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import { Tabs as Base } from '@base-ui/react/tabs';
import './tabs.css';

export interface Tab<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly panel: ReactNode;
  readonly disabled?: boolean;
}

interface TabsProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly tabs: readonly Tab<T>[];
  readonly onChange: (value: T) => void;
}

/** Panels stay mounted, so that what a user did in one is there when it is shown again. */
export function Tabs<T extends string>({ label, value, tabs, onChange }: TabsProps<T>) {
  return (
    <Base.Root
      className="tabs"
      value={value}
      onValueChange={(next: T) => {
        onChange(next);
      }}
    >
      <Base.List className="tabs__list" aria-label={label} activateOnFocus>
        {tabs.map((tab) => (
          <Base.Tab key={tab.value} value={tab.value} className="tabs__tab" disabled={tab.disabled ?? false}>
            {tab.label}
          </Base.Tab>
        ))}
      </Base.List>
      {tabs.map((tab) => (
        <Base.Panel key={tab.value} value={tab.value} className="tabs__panel" keepMounted>
          {tab.panel}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
