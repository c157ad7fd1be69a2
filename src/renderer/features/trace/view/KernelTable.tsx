// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { toFailure } from '#shared/base/errors.ts';
import { formatCount, formatDurationNs, formatPercent } from '#shared/base/units.ts';
import { kindFromText } from '#shared/trace/kinds.ts';
import { EmptyState } from '#renderer/widgets/EmptyState.tsx';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { kindVariable } from '#renderer/timeline/palette.ts';
import { shortName } from '#renderer/timeline/text.ts';
import { definitions } from '../model/definitions.ts';
import { mergeKernels, type KernelRow } from '../model/kernels.ts';
import type { ReadyTrace } from '../model/ready.ts';
import { DataGrid, type GridColumn } from './DataGrid.tsx';

/** Kernels (or operators, where there is no GPU) of all ranks by name, asked for when first shown. */

const LIMIT = 2000;

type Answer = { readonly rows: readonly KernelRow[] } | { readonly message: string } | null;

function useKernels(traces: readonly ReadyTrace[], wanted: boolean): Answer {
  const [answer, setAnswer] = useState<{ readonly of: readonly ReadyTrace[]; readonly got: Answer } | null>(
    null,
  );
  useEffect(() => {
    if (!wanted) return undefined;
    const abort = new AbortController();
    Promise.all(traces.map(({ session }) => session.topKernels(LIMIT, abort.signal))).then(
      (tables) => setAnswer({ of: traces, got: { rows: mergeKernels(tables) } }),
      (thrown: unknown) => {
        if (!abort.signal.aborted) setAnswer({ of: traces, got: { message: toFailure(thrown).message } });
      },
    );
    return () => abort.abort();
  }, [traces, wanted]);
  return answer?.of === traces ? answer.got : null;
}

const duration = (
  key: string,
  title: string,
  value: (row: KernelRow) => number,
  definition?: string,
): GridColumn<KernelRow> => ({
  key,
  title,
  width: '76px',
  numeric: true,
  value,
  cell: (row) => formatDurationNs(value(row)),
  ...(definition === undefined ? {} : { definition }),
});

const columns: readonly GridColumn<KernelRow>[] = [
  {
    key: 'name',
    title: 'Name',
    width: 'minmax(150px, 1fr)',
    value: ({ name }) => name,
    cell: ({ name }) => <span title={name}>{shortName(name)}</span>,
  },
  {
    key: 'kind',
    title: 'Kind',
    width: '108px',
    value: ({ kind }) => kind,
    cell: ({ kind }) => <KindName kind={kind} />,
  },
  duration('total', 'Total', ({ totalNs }) => totalNs, definitions.kernelTotal),
  {
    key: 'share',
    title: 'Share',
    definition: definitions.kernelShare,
    width: '52px',
    numeric: true,
    value: ({ share }) => share,
    cell: ({ share }) => formatPercent(share),
  },
  {
    key: 'count',
    title: 'Count',
    width: '56px',
    numeric: true,
    value: ({ count }) => count,
    cell: ({ count }) => formatCount(count),
  },
  duration('mean', 'Mean', ({ meanNs }) => meanNs),
  duration('min', 'Min', ({ minNs }) => minNs),
  duration('max', 'Max', ({ maxNs }) => maxNs),
];

/** A kind with its colour. */
export function KindName({ kind }: { readonly kind: string }) {
  return (
    <>
      <span
        className="kind-mark"
        aria-hidden="true"
        style={{ background: `var(${kindVariable[kindFromText(kind)]})` }}
      />
      {kind}
    </>
  );
}

const byTotal = { key: 'total', descending: true } as const;

interface KernelTableProps {
  readonly traces: readonly ReadyTrace[];
  readonly shown: boolean;
}

export function KernelTable({ traces, shown }: KernelTableProps) {
  const answer = useKernels(traces, shown);
  if (answer === null) return <p className="trace-note">Adding up…</p>;
  if ('message' in answer) return <Notice severity="error">{answer.message}</Notice>;
  if (answer.rows.length === 0) {
    return (
      <EmptyState title="No kernels or operators">
        These traces hold neither GPU kernels nor framework operators.
      </EmptyState>
    );
  }
  return (
    <DataGrid
      label="Kernels and operators"
      columns={columns}
      rows={answer.rows}
      rowKey={({ name, kind }) => `${kind} ${name}`}
      initialSort={byTotal}
    />
  );
}
