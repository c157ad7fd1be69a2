// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from 'react';
import type { TraceViewStore } from '#renderer/stores/trace-view.ts';
import { useTraceView } from '#renderer/stores/trace-view.ts';
import { EmptyState } from '#renderer/widgets/EmptyState.tsx';
import { parseSpan, spanText, type IterationSpan } from '../model/iteration-span.ts';
import { differenceColumns } from '../model/kernel-columns.ts';
import { mergeDifferences } from '../model/kernels.ts';
import type { ReadyTrace } from '../model/ready.ts';
import { layerOf, selectionOf, useAnswer } from '../model/use-tables.ts';
import { NamedTable } from './NamedTable.tsx';
import { SpanField } from './SpanField.tsx';
import { useSlice } from './use-slice.ts';

/** What two iterations, or two windows of them, do differently: sums by name, the largest change first. */

const LIMIT = 5000;

interface DifferenceTableProps {
  readonly traces: readonly ReadyTrace[];
  readonly store: TraceViewStore;
  readonly shown: boolean;
}

/** The second iteration against the last: the first of a recording is often not like the others. */
function proposed(traces: readonly ReadyTrace[]): readonly [IterationSpan, IterationSpan] {
  const indices = traces[0]?.iterations.map(({ index }) => index) ?? [];
  const before = indices[1] ?? indices[0] ?? 0;
  const after = indices.at(-1) ?? 0;
  return [
    { first: before, last: before },
    { first: after, last: after },
  ];
}

export function DifferenceTable({ traces, store, shown }: DifferenceTableProps) {
  const chosen = useTraceView(store, (state) => state.window);
  const slice = useTraceView(store, (state) => state.slice);
  const goToSlice = useTraceView(store, (state) => state.goToSlice);
  const selected = useSlice(traces, slice);
  const [texts, setTexts] = useState<{ readonly before?: string; readonly after?: string }>({});
  const [first, last] = useMemo(() => proposed(traces), [traces]);
  const beforeText = texts.before ?? spanText(first);
  const afterText = texts.after ?? spanText(chosen ?? last);
  const ask = useMemo(() => {
    const [before, after] = [parseSpan(beforeText), parseSpan(afterText)];
    if (!shown || before === null || after === null) return null;
    return async (signal: AbortSignal) => {
      const tables = traces.map(async (ready) => {
        const { session } = ready;
        const of = (span: IterationSpan) => selectionOf(layerOf(ready), span);
        const differences = await session.differences(of(before), of(after), LIMIT, signal);
        return { sourceId: session.source.sourceId, differences };
      });
      return mergeDifferences(await Promise.all(tables)).filter(({ changeNs }) => changeNs !== 0);
    };
  }, [traces, beforeText, afterText, shown]);
  return (
    <NamedTable
      label="Differences"
      fileName="differences"
      answer={useAnswer(ask)}
      columns={differenceColumns}
      sort="change"
      example="change > 10 us"
      selectedName={selected !== null && 'details' in selected ? selected.details.name : null}
      onChoose={({ longest }) => {
        if (longest !== null) goToSlice({ sourceId: longest.sourceId, row: longest.row });
      }}
      controls={
        <>
          <SpanField
            label="Iterations before"
            caption="Before"
            text={beforeText}
            onChange={(before) => setTexts({ ...texts, before })}
          />
          <SpanField
            label="Iterations after"
            caption="After"
            text={afterText}
            onChange={(after) => setTexts({ ...texts, after })}
          />
        </>
      }
      empty={
        <EmptyState title="No difference">Both hold the same kernels with the same durations.</EmptyState>
      }
    />
  );
}
