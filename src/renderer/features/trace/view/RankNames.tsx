// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import type { Distribution } from '#shared/contract/analysis.ts';
import { toFailure } from '#shared/base/errors.ts';
import { formatCount, formatDurationNs } from '#shared/base/units.ts';
import { follow } from '#renderer/base/follow.ts';
import { Disclosure } from '#renderer/widgets/Disclosure.tsx';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { Table, type Column } from '#renderer/widgets/Table.tsx';
import { definitions } from '../model/definitions.ts';
import type { ReadyTrace } from '../model/ready.ts';
import { overRanks, type RankName } from '../model/same-name.ts';

/** The slices of one name in each trace of a set: asked for when the user opens it. */

const time = (key: string, title: string, definition: string, of: (durations: Distribution) => number) =>
  ({
    key,
    title,
    definition,
    numeric: true,
    cell: ({ durations }) => (durations === null ? '—' : formatDurationNs(of(durations))),
  }) satisfies Column<RankName>;

const columns: readonly Column<RankName>[] = [
  { key: 'rank', title: 'Trace', cell: ({ label }) => label },
  {
    key: 'count',
    title: 'Count',
    definition: definitions.nameCount,
    numeric: true,
    cell: ({ durations }) => formatCount(durations?.count ?? 0),
  },
  time('sum', 'Sum', definitions.nameSum, ({ totalNs }) => totalNs),
  time('median', 'Median', definitions.nameMedian, ({ medianNs }) => medianNs),
  time('max', 'Max', definitions.nameMax, ({ maxNs }) => maxNs),
];

const load = (traces: readonly ReadyTrace[], name: string): Promise<readonly RankName[]> =>
  Promise.all(
    traces.map(async ({ session, label }) => ({
      key: session.source.sourceId,
      label,
      durations: (await session.nameStatistics(name))?.durations ?? null,
    })),
  );

type Answer = { readonly rows: readonly RankName[] } | { readonly message: string } | null;

interface RankNamesProps {
  readonly traces: readonly ReadyTrace[];
  readonly name: string;
}

export function RankNames({ traces, name }: RankNamesProps) {
  const [open, setOpen] = useState(false);
  if (traces.length < 2) return null;
  return (
    <Disclosure title={`In each of ${formatCount(traces.length)} traces`} open={open} onToggle={setOpen}>
      <Rows traces={traces} name={name} />
    </Disclosure>
  );
}

function Rows({ traces, name }: RankNamesProps) {
  const [answer, setAnswer] = useState<Answer>(null);
  useEffect(
    () =>
      follow(
        load(traces, name),
        (rows) => setAnswer({ rows }),
        (thrown) => setAnswer({ message: toFailure(thrown).message }),
      ),
    [traces, name],
  );
  if (answer === null) return <div aria-busy="true" />;
  if ('message' in answer) return <Notice severity="error">{answer.message}</Notice>;
  return (
    <div className="trace-same__ranks">
      <p className="trace-note">{overRanks(answer.rows)}</p>
      <Table
        label="Slices of this name in each trace"
        columns={columns}
        rows={answer.rows}
        rowKey={({ key }) => key}
      />
    </div>
  );
}
