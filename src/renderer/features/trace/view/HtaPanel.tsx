// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from 'react';
import { formatCount, formatDurationNs } from '#shared/base/units.ts';
import type { HtaFigures } from '#shared/contract/analysis.ts';
import { EmptyState } from '#renderer/widgets/EmptyState.tsx';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { Table } from '#renderer/widgets/Table.tsx';
import { Tooltip } from '#renderer/widgets/Tooltip.tsx';
import { comparedFigures, meanQueue, type ComparedFigure, type OwnFigures } from '../model/hta.ts';
import type { ReadyTrace } from '../model/ready.ts';
import { useAnswer } from '../model/use-tables.ts';
import { TraceSelect } from './TraceSelect.tsx';
import './hta-panel.css';

/** The figures of HolisticTraceAnalysis by its own definitions, under its name, beside those of Iterscope. */

interface Compared {
  readonly hta: HtaFigures;
  readonly own: OwnFigures;
}

async function compare({ session, iterations }: ReadyTrace, signal: AbortSignal): Promise<Compared | null> {
  const hta = await session.hta(signal);
  if (hta === null) return null;
  const [startNs, endNs] = [hta.startNs, hta.startNs + hta.kernelNs];
  const [devices, queues] = await Promise.all([
    session.deviceRanges(startNs, endNs, signal),
    session.queues(startNs, endNs, signal),
  ]);
  return { hta, own: { devices, queues, iterations } };
}

export function HtaPanel({ traces }: { readonly traces: readonly ReadyTrace[] }) {
  const [wanted, setWanted] = useState<string | null>(null);
  const ready = traces.find(({ session }) => session.source.sourceId === wanted) ?? traces[0];
  const ask = useMemo(
    () => (ready === undefined ? null : (signal: AbortSignal) => compare(ready, signal)),
    [ready],
  );
  const answer = useAnswer(ask);
  return (
    <div className="hta-panel">
      <div className="hta-panel__head">
        <TraceSelect
          label="Rank"
          traces={traces}
          value={ready?.session.source.sourceId ?? ''}
          onChange={setWanted}
        />
        <p className="hta-panel__what selectable">
          Figures of HolisticTraceAnalysis 0.5.0 by its own definitions, as it computes them with{' '}
          <span className="mono">HTA_DISABLE_NS_ROUNDING=1</span>, beside those of Iterscope over the same
          time.
        </p>
      </div>
      {answer === null && <p className="trace-note">Computing …</p>}
      {answer !== null && 'message' in answer && <Notice severity="error">{answer.message}</Notice>}
      {answer !== null && 'of' in answer && <Figures compared={answer.of} />}
    </div>
  );
}

function Figures({ compared }: { readonly compared: Compared | null }) {
  if (compared === null) {
    return (
      <EmptyState title="No GPU activity">
        HolisticTraceAnalysis looks at what ran on streams of a device. This trace holds nothing of that kind.
      </EmptyState>
    );
  }
  const { hta, own } = compared;
  return (
    <>
      {hta.untilNs !== null && (
        <p className="trace-note">
          It leaves out what was launched from the last profiler step on, {formatDurationNs(hta.untilNs)}{' '}
          after the start of the trace.
        </p>
      )}
      <Table
        label="Figures of HolisticTraceAnalysis"
        rows={comparedFigures(hta, own)}
        rowKey={({ title }) => title}
        columns={[
          { key: 'title', title: 'Figure', cell: (row) => <Explained figure={row} /> },
          { key: 'hta', title: 'HolisticTraceAnalysis', numeric: true, cell: (row) => row.hta },
          { key: 'ours', title: 'Iterscope', numeric: true, cell: ({ ours }) => ours ?? '—' },
          { key: 'differs', title: 'Why they may differ', cell: ({ differs }) => differs },
        ]}
      />
      <h3 className="hta-panel__heading">Its streams</h3>
      <Streams hta={hta} />
    </>
  );
}

function Explained({ figure: { title, definition } }: { readonly figure: ComparedFigure }) {
  return (
    <Tooltip content={definition}>
      <button type="button" className="table__definition" aria-description={definition}>
        {title}
      </button>
    </Tooltip>
  );
}

function Streams({ hta: { streams } }: { readonly hta: HtaFigures }) {
  return (
    <Table
      label="Streams by HolisticTraceAnalysis"
      rows={streams}
      rowKey={({ stream }) => stream.toString()}
      columns={[
        {
          key: 'stream',
          title: 'Stream',
          definition: 'By its number: streams of the same number on several devices are one.',
          cell: ({ stream }) => stream.toString(),
        },
        {
          key: 'host',
          title: 'Host wait',
          definition: 'Gaps whose ending activity was called after they began.',
          numeric: true,
          cell: ({ hostWaitNs }) => formatDurationNs(hostWaitNs),
        },
        {
          key: 'kernel',
          title: 'Kernel wait',
          definition: 'Other gaps under 30 µs; overlapping activities make it negative.',
          numeric: true,
          cell: ({ kernelWaitNs }) => formatDurationNs(kernelWaitNs),
        },
        {
          key: 'other',
          title: 'Other wait',
          definition: 'All other gaps.',
          numeric: true,
          cell: ({ otherNs }) => formatDurationNs(otherNs),
        },
        {
          key: 'queue',
          title: 'Longest queue',
          definition: 'Most launches whose activity had not begun.',
          numeric: true,
          cell: ({ queueMax }) => formatCount(queueMax),
        },
        {
          key: 'mean',
          title: 'Mean queue',
          definition: 'Mean of the lengths after each change, not over time.',
          numeric: true,
          cell: (stream) => meanQueue(stream) ?? '—',
        },
      ]}
    />
  );
}
