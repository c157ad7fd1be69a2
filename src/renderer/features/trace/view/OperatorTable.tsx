// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from 'react';
import { useTraceView, type TraceViewStore } from '#renderer/stores/trace-view.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { EmptyState } from '#renderer/widgets/EmptyState.tsx';
import { shortName } from '#renderer/timeline/text.ts';
import { kernelColumns, operatorColumns } from '../model/kernel-columns.ts';
import { mergeKernels, mergeOperators } from '../model/kernels.ts';
import type { ReadyTrace } from '../model/ready.ts';
import { selectionOf, useAnswer } from '../model/use-tables.ts';
import { NamedTable } from './NamedTable.tsx';

/** Framework operators by name, and the device work that the chosen one launched. */

const LIMIT = 5000;

interface OperatorTableProps {
  readonly traces: readonly ReadyTrace[];
  readonly store: TraceViewStore;
  readonly shown: boolean;
}

export function OperatorTable({ traces, store, shown }: OperatorTableProps) {
  const span = useTraceView(store, (state) => state.window);
  const [chosen, setChosen] = useState<string | null>(null);
  const ask = useMemo(() => {
    if (!shown || chosen !== null) return null;
    const selection = selectionOf('operators', span);
    return async (signal: AbortSignal) =>
      mergeOperators(
        await Promise.all(traces.map(({ session }) => session.operators(selection, LIMIT, signal))),
      );
  }, [traces, span, shown, chosen]);
  const answer = useAnswer(ask);
  if (chosen !== null) {
    return shown && <WorkTable traces={traces} store={store} name={chosen} onBack={() => setChosen(null)} />;
  }
  return (
    <NamedTable
      label="Operators"
      fileName="operators"
      answer={answer}
      columns={operatorColumns}
      sort="work"
      example="work > 1 ms && works > 10"
      selectedName={null}
      onChoose={({ name }) => setChosen(name)}
      empty={
        <EmptyState title="No operators">
          These traces hold no framework operators. The PyTorch profiler records them when CPU activity is on.
        </EmptyState>
      }
    />
  );
}

interface WorkTableProps {
  readonly traces: readonly ReadyTrace[];
  readonly store: TraceViewStore;
  readonly name: string;
  readonly onBack: () => void;
}

const workColumns = kernelColumns.filter(({ key }) => !['present', 'cv', 'most', 'mostTime'].includes(key));

function WorkTable({ traces, store, name, onBack }: WorkTableProps) {
  const span = useTraceView(store, (state) => state.window);
  const goToSlice = useTraceView(store, (state) => state.goToSlice);
  const ask = useMemo(() => {
    const selection = selectionOf('operators', span);
    return async (signal: AbortSignal) => {
      const tables = await Promise.all(
        traces.map(async ({ session }) => ({
          sourceId: session.source.sourceId,
          groups: await session.operatorWork(selection, name, LIMIT, signal),
          variations: [],
        })),
      );
      return mergeKernels(tables);
    };
  }, [traces, span, name]);
  return (
    <NamedTable
      label={`Work of ${name}`}
      fileName="operator-work"
      answer={useAnswer(ask)}
      columns={workColumns}
      sort="total"
      example="count > 1"
      selectedName={null}
      onChoose={({ longest }) => goToSlice(longest)}
      controls={
        <>
          <Button variant="quiet" onClick={onBack}>
            All operators
          </Button>
          <span className="chosen-table__title" title={name}>
            {shortName(name)} launched
          </span>
        </>
      }
      empty={<p className="trace-note">This operator launched nothing on a device.</p>}
    />
  );
}
