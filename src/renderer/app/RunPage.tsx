// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState, type ReactNode } from 'react';
import type { SourceSet } from '#shared/contract/app.ts';
import type { RunManifest, RunSummary } from '#shared/contract/run.ts';
import { follow } from '#renderer/base/follow.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { CompareMenu } from '#renderer/features/compare/index.tsx';
import { ExpertsView } from '#renderer/features/experts/index.tsx';
import { LiveView, LogView, Overview, RunHeader, useManifest } from '#renderer/features/run/index.tsx';
import { RunMenu } from '#renderer/features/runs/index.tsx';
import { TraceView } from '#renderer/features/trace/index.tsx';
import { chooseRunTab, goTo, useNavigation, type RunTab } from '#renderer/stores/navigation.ts';
import { notifyFailure } from '#renderer/stores/notices.ts';
import { useOffer } from '#renderer/stores/offers.ts';
import { isEnded } from '#renderer/stores/run-state.ts';
import { useRuns } from '#renderer/stores/runs.ts';
import { createTraceViewStore } from '#renderer/stores/trace-view.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { EmptyState } from '#renderer/widgets/EmptyState.tsx';
import { Tabs } from '#renderer/widgets/Tabs.tsx';
import { useVisited } from './use-visited.ts';

/** A run: live while it lives, then its tabs. */
export function RunPage({ id }: { readonly id: string }) {
  const run = useRuns((state) => state.summaries?.find((summary) => summary.id === id));
  const listed = useRuns((state) => state.summaries !== null);
  if (run === undefined && listed) return <MissingRun />;
  if (run === undefined) return <div className="run" aria-busy="true" />;
  return <KnownRun run={run} />;
}

function MissingRun() {
  return (
    <EmptyState
      title="This run is not in the library"
      actions={
        <Button icon="library" onClick={() => goTo({ kind: 'library' })}>
          Library
        </Button>
      }
    >
      It was deleted, or its folder was moved away. What was deleted lately can be taken back by Undo in its
      notice.
    </EmptyState>
  );
}

function KnownRun({ run }: { readonly run: RunSummary }) {
  const manifest = useManifest(run.id, run.state);
  return (
    <div className="run">
      <RunHeader run={run} manifest={manifest} more={<RunActions run={run} />} />
      {isEnded(run.state) ? <EndedRun run={run} manifest={manifest} /> : <LiveView run={run} />}
    </div>
  );
}

function RunActions({ run }: { readonly run: RunSummary }) {
  return (
    <>
      <CompareMenu form={run.form} />
      <RunMenu run={run} />
    </>
  );
}

/** What of an ended run can be opened; null until it is known. */
function useSourcesOf(id: string, manifest: RunManifest | null): SourceSet | null {
  const [set, setSet] = useState<SourceSet | null>(null);
  // Ingesting again may find more.
  const artifacts = manifest?.artifacts.length;
  useEffect(() => follow(invoke('sources.ofRun', { id }), setSet, notifyFailure), [id, artifacts]);
  return set;
}

const RUN_TABS = [
  { value: 'overview', label: 'Overview' },
  { value: 'timeline', label: 'Timeline' },
  { value: 'experts', label: 'Experts' },
  { value: 'log', label: 'Log' },
] as const;

interface EndedRunProps {
  readonly run: RunSummary;
  readonly manifest: RunManifest | null;
}

function EndedRun({ run, manifest }: EndedRunProps) {
  const tab = useNavigation((state) => state.runTabs[run.id] ?? 'overview');
  useOffer(() =>
    RUN_TABS.filter(({ value }) => value !== tab).map(({ value, label }) => ({
      id: `run-tab ${value}`,
      group: 'This run',
      title: `Show ${label}`,
      perform: () => chooseRunTab(run.id, value),
    })),
  );
  const set = useSourcesOf(run.id, manifest);
  const visited = useVisited(tab);
  const [view] = useState(createTraceViewStore);
  const has = (kind: 'trace' | 'expert-statistics'): boolean =>
    set?.sources.some((source) => source.kind === kind) ?? false;
  // The manifest of the end is here when its state is; an older one would lack what was found.
  const ended = manifest !== null && isEnded(manifest.state) ? manifest : null;
  const panels: Readonly<Record<RunTab, ReactNode>> = {
    overview: ended !== null && <Overview manifest={ended} />,
    timeline: visited.has('timeline') && (
      <SourcesPanel set={set} present={has('trace')} missing={missingTrace}>
        {(known) => <TraceView set={known} visible={tab === 'timeline'} store={view} />}
      </SourcesPanel>
    ),
    experts: visited.has('experts') && (
      <SourcesPanel set={set} present={has('expert-statistics')} missing={missingStatistics}>
        {(known) => <ExpertsView set={known} visible={tab === 'experts'} store={view} />}
      </SourcesPanel>
    ),
    log: visited.has('log') && <LogView id={run.id} steps={run.steps} live={false} profiled={run.profiled} />,
  };
  return (
    <Tabs<RunTab>
      label="Views of the run"
      value={tab}
      onChange={(next) => {
        chooseRunTab(run.id, next);
      }}
      tabs={RUN_TABS.map(({ value, label }) => ({ value, label, panel: panels[value] }))}
    />
  );
}

const missingTrace = {
  title: 'This run left no trace',
  text: 'Run it again with an iteration window and “PyTorch-profiler trace” switched on to see its timeline here.',
};
const missingStatistics = {
  title: 'This run left no expert statistics',
  text: 'Run it again with an iteration window and “Expert statistics” switched on to see how its experts were loaded.',
};

interface SourcesPanelProps {
  readonly set: SourceSet | null;
  readonly present: boolean;
  readonly missing: { readonly title: string; readonly text: string };
  readonly children: (set: SourceSet) => ReactNode;
}

function SourcesPanel({ set, present, missing, children }: SourcesPanelProps) {
  if (set === null) return null;
  if (!present) return <EmptyState title={missing.title}>{missing.text}</EmptyState>;
  return children(set);
}
