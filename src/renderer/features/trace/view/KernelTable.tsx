// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'react';
import { useTraceView, type TraceViewStore } from '#renderer/stores/trace-view.ts';
import { EmptyState } from '#renderer/widgets/EmptyState.tsx';
import type { IterationSpan } from '../model/iteration-span.ts';
import { kernelColumns } from '../model/kernel-columns.ts';
import { mergeKernels, type RankTable } from '../model/kernels.ts';
import type { ReadyTrace } from '../model/ready.ts';
import { layerOf, selectionOf, useAnswer } from '../model/use-tables.ts';
import { NamedTable } from './NamedTable.tsx';
import { useSlice } from './use-slice.ts';

/** Kernels (or operators, where there is no GPU) of all ranks by name, over the chosen iterations or all. */

const LIMIT = 5000;

async function tableOf(
  ready: ReadyTrace,
  span: IterationSpan | null,
  signal: AbortSignal,
): Promise<RankTable> {
  const { session, iterations } = ready;
  const layer = layerOf(ready);
  const [first, last] = [span?.first ?? iterations[0]?.index, span?.last ?? iterations.at(-1)?.index];
  const [groups, variations] = await Promise.all([
    session.groups(selectionOf(layer, span), LIMIT, signal),
    layer === 'kernels' && first !== undefined && last !== undefined
      ? session.variations(first, last, LIMIT, signal)
      : [],
  ]);
  return { sourceId: session.source.sourceId, groups, variations };
}

interface KernelTableProps {
  readonly traces: readonly ReadyTrace[];
  readonly store: TraceViewStore;
  readonly shown: boolean;
}

export function KernelTable({ traces, store, shown }: KernelTableProps) {
  const span = useTraceView(store, (state) => state.window);
  const slice = useTraceView(store, (state) => state.slice);
  const goToSlice = useTraceView(store, (state) => state.goToSlice);
  const selected = useSlice(traces, slice);
  const ask = useMemo(() => {
    if (!shown) return null;
    return async (signal: AbortSignal) =>
      mergeKernels(await Promise.all(traces.map((ready) => tableOf(ready, span, signal))));
  }, [traces, span, shown]);
  return (
    <NamedTable
      label="Kernels and operators"
      fileName="kernels"
      answer={useAnswer(ask)}
      columns={kernelColumns}
      sort="total"
      example='kind == "GEMM" && max > 2 * median'
      selectedName={selected !== null && 'details' in selected ? selected.details.name : null}
      onChoose={({ longest }) => goToSlice(longest)}
      empty={
        <EmptyState title="No kernels or operators">
          {span === null ? 'These traces hold' : 'These iterations hold'} neither GPU kernels nor framework
          operators.
        </EmptyState>
      }
    />
  );
}
