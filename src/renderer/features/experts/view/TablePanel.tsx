// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import type { TableFile } from '../model/table-file.ts';
import { SaveMenu } from './SaveMenu.tsx';

interface TablePanelProps {
  readonly title: string;
  /** Under the title: where the figures come from, and what they lack. */
  readonly note?: string;
  /** What is saved, for the menu, and the file’s proposed name. */
  readonly of: string;
  readonly name: string;
  readonly table: () => TableFile;
  readonly children: ReactNode;
}

/** A table with its title, where it comes from, and a way to save it. */
export function TablePanel({ title, note, of, name, table, children }: TablePanelProps) {
  return (
    <section className="table-panel" aria-label={title}>
      <div className="table-panel__title">
        <h2>{title}</h2>
        <SaveMenu of={of} name={name} table={table} />
      </div>
      {note !== undefined && <p className="table-panel__note">{note}</p>}
      {children}
    </section>
  );
}
