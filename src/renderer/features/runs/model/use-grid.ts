// SPDX-License-Identifier: Apache-2.0
import { useMemo, useRef, type KeyboardEvent, type MouseEvent } from 'react';
import { between, rowAfter } from './grid-keys.ts';
import { setActive, setSelected, toggleSelected, useLibrary } from './library-store.ts';

interface GridParts {
  /** The runs in the order in which they are shown. */
  readonly ids: readonly string[];
  readonly onOpen: (id: string) => void;
  readonly scrollTo: (at: number) => void;
}

interface GridControl {
  /** The row that the keys are at; -1 for none. */
  readonly activeAt: number;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onRowClick: (event: MouseEvent, at: number) => void;
  /** Selects or deselects a row; with `range` selects all from the row that was toggled before. */
  readonly select: (at: number, range: boolean) => void;
}

/** Moving and selecting in the table by keys and mouse. */
export function useGrid({ ids, onOpen, scrollTo }: GridParts): GridControl {
  const selected = useLibrary((state) => state.selected);
  const active = useLibrary((state) => state.active);
  const anchor = useRef<string | null>(null);
  const activeAt = useMemo(() => (active === null ? -1 : ids.indexOf(active)), [ids, active]);

  const select = (at: number, range: boolean): void => {
    const target = ids[at];
    if (target === undefined) return;
    const from = anchor.current === null ? -1 : ids.indexOf(anchor.current);
    if (range && from >= 0) setSelected(new Set([...selected, ...between(ids, from, at)]));
    else toggleSelected(target);
    if (!range || from < 0) anchor.current = target;
    setActive(target);
  };

  const moveTo = (at: number, range: boolean): void => {
    const target = ids[at];
    if (target === undefined) return;
    if (range && activeAt >= 0) setSelected(new Set([...selected, ...between(ids, activeAt, at)]));
    setActive(target);
    scrollTo(at);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget || event.altKey) return;
    const { key, shiftKey } = event;
    const modifier = event.ctrlKey || event.metaKey;
    const next = rowAfter(key, activeAt, ids.length);
    const target = ids[activeAt];
    if (next !== null) moveTo(next, shiftKey);
    else if (key === 'Enter' && target !== undefined && !modifier) onOpen(target);
    else if (key === ' ') select(activeAt, shiftKey);
    else if (key === 'Escape' && selected.size > 0) setSelected(new Set());
    else if (key.toLowerCase() === 'a' && modifier) setSelected(new Set(ids));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const onRowClick = (event: MouseEvent, at: number): void => {
    if (event.shiftKey || event.ctrlKey || event.metaKey) select(at, event.shiftKey);
    else moveTo(at, false);
  };

  return { activeAt, onKeyDown, onRowClick, select };
}
