// SPDX-License-Identifier: Apache-2.0
import { goTo } from '#renderer/stores/navigation.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { EmptyState } from '#renderer/widgets/EmptyState.tsx';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { ProgressBar } from '#renderer/widgets/ProgressBar.tsx';
import type { RunManifest } from '#shared/contract/run.ts';
import type { RunSide } from '../model/two-runs.ts';
import { useTwoRuns } from '../model/use-two-runs.ts';
import { planComparison } from '../actions.ts';
import { ConfigurationSection } from './ConfigurationSection.tsx';
import { SideExpertsSection } from './SideExpertsSection.tsx';
import { FiguresSection, StepTimesSection } from './SideFigures.tsx';

interface SideBySideProps {
  /** Ids of the runs. */
  readonly a: string;
  readonly b: string;
}

/** Two runs next to each other: what they reported, how their iterations went, and in what they differ. */
export function SideBySideView({ a, b }: SideBySideProps) {
  const sides = useTwoRuns(a, b);
  if (sides.state === 'reading') return <ProgressBar label="Reading both runs" />;
  if (sides.state === 'failed') {
    return (
      <EmptyState
        title="These runs cannot be shown side by side"
        actions={
          <Button icon="library" onClick={() => goTo({ kind: 'library' })}>
            Library
          </Button>
        }
      >
        {sides.message}
      </EmptyState>
    );
  }
  const [sideA, sideB] = sides.value;
  return (
    <div className="comparison">
      <Head a={sideA.manifest} b={sideB.manifest} />
      <Body a={sideA} b={sideB} />
    </div>
  );
}

interface HeadProps {
  readonly a: RunManifest;
  readonly b: RunManifest;
}

function Head({ a, b }: HeadProps) {
  return (
    <header className="compare__head">
      <h1 className="compare__title">Side by side</h1>
      <span className="compare__quiet">one pass each, no statistics</span>
      <span className="compare__space" />
      <Button variant="quiet" icon="again" onClick={() => goTo({ kind: 'side-by-side', a: b.id, b: a.id })}>
        Swap A and B
      </Button>
      <Button icon="compare" onClick={() => planComparison(a.form, b.form)}>
        Compare with statistics…
      </Button>
    </header>
  );
}

interface SidesProps {
  readonly a: RunSide;
  readonly b: RunSide;
}

function Body({ a, b }: SidesProps) {
  const profiled = [a, b].some(({ manifest }) => manifest.profiled);
  return (
    <div className="comparison__body" role="region" aria-label="Both runs" tabIndex={0}>
      <div className="comparison__notices">
        <Notice severity="note">
          One pass each, no statistics: what differs here may be chance. “Compare with statistics…” plans
          blocks of both.
        </Notice>
        {profiled && (
          <Notice severity="warning">
            A recorder was on in a run that is marked so: its figures are not measurements.
          </Notice>
        )}
      </div>
      <dl className="side-names">
        <RunName letter="A" run={a.manifest} />
        <RunName letter="B" run={b.manifest} />
      </dl>
      <FiguresSection a={a} b={b} />
      <StepTimesSection a={a} b={b} />
      <SideExpertsSection a={a.manifest.id} b={b.manifest.id} />
      <ConfigurationSection a={a.manifest} b={b.manifest} />
    </div>
  );
}

function RunName({ letter, run }: { readonly letter: string; readonly run: RunManifest }) {
  return (
    <div className="side-names__row">
      <dt>{letter}</dt>
      <dd>
        <Button variant="quiet" onClick={() => goTo({ kind: 'run', id: run.id })}>
          {run.title}
        </Button>
        {run.profiled && <span className="compare__quiet">recorder on</span>}
      </dd>
    </div>
  );
}
