// SPDX-License-Identifier: Apache-2.0
import type { Comparison, ComparisonAnswer } from '#shared/contract/comparison.ts';
import type { PlannedPass } from '#shared/contract/comparison-pass.ts';
import { formatFigure } from '#renderer/base/format.ts';
import { goTo } from '#renderer/stores/navigation.ts';
import { Badge } from '#renderer/widgets/Badge.tsx';
import { Button } from '#renderer/widgets/Button.tsx';
import { Table } from '#renderer/widgets/Table.tsx';

interface PassesProps {
  readonly comparison: Comparison;
  readonly answer: ComparisonAnswer;
}

interface PassRow extends PlannedPass {
  readonly runId: string | null;
  readonly value: number | null;
  readonly doubts: readonly string[];
}

function rowsOf({ plan, passes }: Comparison, { primary, suspects }: ComparisonAnswer): PassRow[] {
  return plan.map((planned) => {
    const { block, arm, purpose } = planned;
    const done = passes.find((pass) => pass.block === block && pass.arm === arm && pass.purpose === purpose);
    const runId = done?.runId ?? null;
    return {
      ...planned,
      runId,
      value: purpose === 'timing' && runId !== null ? (primary?.[arm][block - 1] ?? null) : null,
      doubts: suspects.filter((suspect) => suspect.runId === runId).map(({ reason }) => reason),
    };
  });
}

/** Every pass in the order in which it runs; each is a run of the library. */
export function Passes({ comparison, answer }: PassesProps) {
  const { request } = comparison;
  const { primary } = answer;
  return (
    <section aria-labelledby="compare-passes">
      <h2 id="compare-passes">Passes</h2>
      <Table
        label="Passes"
        rows={rowsOf(comparison, answer)}
        rowKey={({ block, arm, purpose }) => `${purpose}/${block}/${arm}`}
        columns={[
          {
            key: 'block',
            title: 'Block',
            cell: ({ block, purpose }) => (purpose === 'profile' ? 'Profiled' : block),
          },
          { key: 'arm', title: 'Arm', cell: ({ arm }) => request[arm].label },
          {
            key: 'value',
            title: primary === null ? 'Result' : `${primary.label} (${primary.unit})`,
            numeric: true,
            cell: ({ value, purpose }) =>
              value === null ? (purpose === 'profile' ? 'never timed' : '–') : formatFigure(value),
          },
          { key: 'doubt', title: 'Doubts', cell: ({ doubts }) => <Doubts doubts={doubts} /> },
          {
            key: 'run',
            title: 'Run',
            cell: ({ runId, arm, block }) =>
              runId === null ? (
                'not yet'
              ) : (
                <RunLink id={runId} what={`${request[arm].label}, block ${block}`} />
              ),
          },
        ]}
      />
    </section>
  );
}

function Doubts({ doubts }: { readonly doubts: readonly string[] }) {
  if (doubts.length === 0) return null;
  return (
    <span className="passes__doubts">
      <Badge tone="warning">Suspect</Badge> {doubts.join('; ')}
    </span>
  );
}

function RunLink({ id, what }: { readonly id: string; readonly what: string }) {
  return (
    <Button
      variant="quiet"
      className="passes__link"
      aria-label={`Open the run of ${what}`}
      onClick={() => goTo({ kind: 'run', id })}
    >
      Open
    </Button>
  );
}
