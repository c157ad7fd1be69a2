// SPDX-License-Identifier: Apache-2.0
import { useState, type ReactNode } from 'react';
import type { SourceSet } from '#shared/contract/app.ts';
import type { Comparison, ComparisonAnswer } from '#shared/contract/comparison.ts';
import { formatInstant } from '#renderer/base/format.ts';
import { useComparisons } from '#renderer/stores/comparisons.ts';
import { Badge } from '#renderer/widgets/Badge.tsx';
import { Button } from '#renderer/widgets/Button.tsx';
import { EmptyState } from '#renderer/widgets/EmptyState.tsx';
import { Menu } from '#renderer/widgets/Menu.tsx';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { ProgressBar } from '#renderer/widgets/ProgressBar.tsx';
import { Table } from '#renderer/widgets/Table.tsx';
import { Tabs } from '#renderer/widgets/Tabs.tsx';
import { cancelComparison, planAgain, resumeComparison, saveReport } from '../actions.ts';
import { comparisonTone, comparisonWord } from '../model/texts.ts';
import { useComparisonAnswer } from '../model/use-answer.ts';
import { useTimelines } from '../model/use-timelines.ts';
import { AnswerHead } from './AnswerHead.tsx';
import { Charts } from './Charts.tsx';
import { Figures, Iterations } from './FigureTables.tsx';
import { Passes } from './Passes.tsx';
import { WhySection } from './WhySection.tsx';

interface ComparisonViewProps {
  readonly id: string;
  /** Shows the traces of a set on one time axis. */
  readonly timelines: (set: SourceSet, visible: boolean) => ReactNode;
}

/** A comparison: how far it is, what it says, why, and both timelines. */
export function ComparisonView({ id, timelines }: ComparisonViewProps) {
  const comparison = useComparisons((state) => state.list?.find((known) => known.id === id));
  if (comparison === undefined) {
    return <EmptyState title="This comparison is not here">Its file was deleted or moved away.</EmptyState>;
  }
  return <Known comparison={comparison} timelines={timelines} />;
}

type ComparisonTab = 'answer' | 'timelines';

interface KnownProps extends Pick<ComparisonViewProps, 'timelines'> {
  readonly comparison: Comparison;
}

function Known({ comparison, timelines }: KnownProps) {
  const answer = useComparisonAnswer(comparison);
  const set = useTimelines(comparison);
  const [tab, setTab] = useState<ComparisonTab>('answer');
  const [opened, setOpened] = useState(false);
  const traced = set !== null && set.sources.length > 0;
  return (
    <div className="comparison">
      <Head comparison={comparison} />
      {comparison.state === 'running' && <Progress comparison={comparison} />}
      <Tabs<ComparisonTab>
        label="Views of the comparison"
        value={tab}
        onChange={(next) => {
          setTab(next);
          if (next === 'timelines') setOpened(true);
        }}
        tabs={[
          {
            value: 'answer',
            label: 'Answer',
            panel: (
              <div className="comparison__body" aria-busy={answer === null}>
                {comparison.reason !== undefined && (
                  <Notice severity={comparison.state === 'failed' ? 'error' : 'note'}>
                    {comparison.reason}
                  </Notice>
                )}
                {answer !== null && <AnswerParts comparison={comparison} answer={answer} />}
              </div>
            ),
          },
          {
            value: 'timelines',
            label: 'Timelines',
            panel: traced ? opened && timelines(set, tab === 'timelines') : <NoTimelines />,
          },
        ]}
      />
    </div>
  );
}

function NoTimelines() {
  return (
    <EmptyState title="No timelines yet">
      With “Profile both arms at the end” each arm is recorded once after the timing passes. Both recordings
      are shown here, one above the other, aligned at an iteration.
    </EmptyState>
  );
}

function Head({ comparison }: { readonly comparison: Comparison }) {
  const { id, title, state, createdAt, request } = comparison;
  return (
    <header className="compare__head">
      <h1 className="compare__title selectable">{title}</h1>
      <span role="status">
        <Badge tone={comparisonTone(state)}>{comparisonWord(state)}</Badge>
      </span>
      <span className="compare__quiet">{formatInstant(createdAt)}</span>
      <span className="compare__space" />
      <Menu
        label="Save report"
        icon="export"
        items={[
          { label: 'HTML file…', perform: () => void saveReport(id, 'html') },
          { label: 'Markdown…', perform: () => void saveReport(id, 'markdown') },
          { label: 'JSON…', perform: () => void saveReport(id, 'json') },
        ]}
      />
      <Button variant="quiet" icon="again" onClick={() => planAgain(request)}>
        Compare again or edit
      </Button>
      {state === 'running' && (
        <Button variant="danger" icon="stop" onClick={() => void cancelComparison(id)}>
          Cancel comparison
        </Button>
      )}
      {state !== 'running' && state !== 'done' && (
        <Button variant="primary" icon="play" onClick={() => void resumeComparison(id)}>
          Go on
        </Button>
      )}
    </header>
  );
}

function Progress({ comparison: { id, passes, plan } }: { readonly comparison: Comparison }) {
  const step = useComparisons((state) => state.steps[id]?.step ?? 'Starting');
  return (
    <div className="comparison__progress">
      <ProgressBar label="Passes that have ended" ratio={passes.length / Math.max(1, plan.length)} />
      <p className="compare__quiet" role="status">
        {step} · {passes.length} of {plan.length} passes have ended
      </p>
    </div>
  );
}

function AnswerParts({
  comparison,
  answer,
}: {
  readonly comparison: Comparison;
  readonly answer: ComparisonAnswer;
}) {
  const { confounders, notes, suspects } = answer;
  return (
    <>
      <AnswerHead comparison={comparison} answer={answer} />
      <div className="comparison__notices">
        {confounders.map((text) => (
          <Notice key={text} severity="warning">
            {text}. It may be the cause of a difference.
          </Notice>
        ))}
        {suspects.length > 0 && (
          <Notice severity="warning">
            Some passes are suspect: they are counted, and named with the reason below.
          </Notice>
        )}
        {notes.map((text) => (
          <Notice key={text} severity="note">
            {text}
          </Notice>
        ))}
      </div>
      <Figures comparison={comparison} answer={answer} />
      <WhySection comparison={comparison} answer={answer} />
      <Charts comparison={comparison} answer={answer} />
      <Iterations comparison={comparison} answer={answer} />
      <Differences comparison={comparison} answer={answer} />
      <Passes comparison={comparison} answer={answer} />
    </>
  );
}

function Differences({
  comparison: { request },
  answer: { differences },
}: {
  readonly comparison: Comparison;
  readonly answer: ComparisonAnswer;
}) {
  return (
    <section aria-labelledby="compare-differences">
      <h2 id="compare-differences">What the arms differ in</h2>
      <Table
        label="What the arms differ in"
        rows={differences}
        rowKey={({ name }) => name}
        empty="Nothing: the arms are the same."
        columns={[
          { key: 'name', title: 'Setting', cell: ({ name }) => name },
          { key: 'a', title: request.a.label, cell: ({ a }) => a },
          { key: 'b', title: request.b.label, cell: ({ b }) => b },
        ]}
      />
    </section>
  );
}
