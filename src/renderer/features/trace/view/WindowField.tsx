// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTraceView, type TraceViewStore } from '#renderer/stores/trace-view.ts';
import { IconButton } from '#renderer/widgets/IconButton.tsx';
import { parseSpan, spanText } from '../model/iteration-span.ts';
import { SpanField } from './SpanField.tsx';

/** The iterations that the tables are asked about: dragged over the chart, or written here. Nothing means all. */
export function WindowField({ store }: { readonly store: TraceViewStore }) {
  const window = useTraceView(store, (state) => state.window);
  const chooseWindow = useTraceView(store, (state) => state.chooseWindow);
  const [draft, setDraft] = useState<{ readonly text: string; readonly of: typeof window } | null>(null);
  const change = (text: string): void => {
    const span = parseSpan(text);
    const next = span !== null || text.trim() === '' ? span : window;
    setDraft({ text, of: next });
    if (next !== window) chooseWindow(next);
  };
  // What was written stands until another window is chosen elsewhere.
  const text = draft?.of === window ? draft.text : window === null ? '' : spanText(window);
  return (
    <div className="window-field">
      <SpanField label="Window" text={text} onChange={change} optional />
      {window !== null && <IconButton small icon="close" label="All iterations" onClick={() => change('')} />}
    </div>
  );
}
