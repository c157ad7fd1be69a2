// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import type { Source, SourceSet } from '#shared/contract/app.ts';
import type { ExpertSummary } from '#shared/contract/experts.ts';
import { formatCount } from '#shared/base/units.ts';
import { createTraceViewStore, type TraceViewStore } from '#renderer/stores/trace-view.ts';
import { EmptyState } from '#renderer/widgets/EmptyState.tsx';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { ProgressBar } from '#renderer/widgets/ProgressBar.tsx';
import { Select } from '#renderer/widgets/Select.tsx';
import { useExpertSummary } from './model/use-experts.ts';
import { BalanceLog } from './view/BalanceLog.tsx';
import { Statistics } from './view/Statistics.tsx';
import './experts.css';

interface ExpertsViewProps {
  /** Its sources of kind `expert-statistics` are offered one at a time. */
  readonly set: SourceSet;
  /** A view that was never visible reads nothing. */
  readonly visible: boolean;
  /** Shared with the run's timeline: both show the same iterations. Without one, the view has its own. */
  readonly store?: TraceViewStore;
}

/** How the router spread tokens over experts and ranks, layer by layer. */
export function ExpertsView({ set, visible, store: shared }: ExpertsViewProps) {
  const [own] = useState(createTraceViewStore);
  const store = shared ?? own;
  const sources = set.sources.filter(({ kind }) => kind === 'expert-statistics');
  const [chosen, setChosen] = useState<string | null>(null);
  const [seen, setSeen] = useState(visible);
  if (visible && !seen) setSeen(true);
  const source = sources.find(({ sourceId }) => sourceId === chosen) ?? sources[0];
  if (source === undefined) {
    return (
      <EmptyState title="No expert statistics here">
        Switch on “Record expert statistics” before a run, or open a folder that holds meta_info.json and
        rank*.safetensors, a record of SGLang or a dump of vLLM (.pt, .safetensors), a log of vLLM with its
        lines about balancedness (.log, .txt), or a table with the columns iteration, layer, expert and tokens
        (.csv, .parquet).
      </EmptyState>
    );
  }
  return (
    <div className="experts-view">
      {sources.length > 1 && (
        <div className="experts-view__choice">
          <Select
            label="Statistics"
            value={source.sourceId}
            options={sources.map(({ sourceId, name }) => ({ value: sourceId, label: name }))}
            onChange={setChosen}
          />
        </div>
      )}
      {seen && (
        <OneSource
          key={source.sourceId}
          source={source}
          traces={tracesOf(set, source)}
          others={sources.filter((other) => other !== source)}
          store={store}
        />
      )}
    </div>
  );
}

const COMBINATIONS: Readonly<Record<ExpertSummary['combination'], string>> = {
  summed: 'counts of the ranks added up, since each counted its own tokens',
  'one-of-identical': 'all ranks hold the same counts, so one is shown',
  single: 'one file',
};

function SourceLine({ source, summary }: { readonly source: Source; readonly summary: ExpertSummary }) {
  const topK = summary.topK === null ? '' : `, top ${summary.topK}`;
  const ranks = summary.ranks === 1 ? '1 rank' : `${summary.ranks} ranks`;
  return (
    <p className="experts-view__source" title={source.path}>
      {source.name} · {formatCount(summary.experts)} experts{topK} · {formatCount(summary.layers.length)}{' '}
      layers · {formatCount(summary.iterationCount)} iterations from {formatCount(summary.iterationStart)} ·{' '}
      {ranks} recorded: {COMBINATIONS[summary.combination]}
    </p>
  );
}

/** Traces that tell of the same run as the statistics: those opened together with them. */
function tracesOf(set: SourceSet, { runId }: Source): readonly Source[] {
  return set.sources.filter((source) => source.kind === 'trace' && source.runId === runId);
}

interface OneSourceProps {
  readonly source: Source;
  readonly traces: readonly Source[];
  readonly others: readonly Source[];
  readonly store: TraceViewStore;
}

function OneSource({ source, traces, others, store }: OneSourceProps) {
  const answer = useExpertSummary(source.sourceId);
  if (answer.state === 'asking') return <ProgressBar label={`Reading ${source.name}`} />;
  if (answer.state === 'failed') {
    return (
      <div role="alert" className="experts-view__problem">
        <Notice severity="error">{answer.failure.message}</Notice>
      </div>
    );
  }
  const { value: summary, restarts } = answer;
  if (summary.balanceLines > 0) return <BalanceLog key={restarts} source={source} summary={summary} />;
  return (
    <>
      <SourceLine source={source} summary={summary} />
      {summary.warnings.map(({ code, message }) => (
        <Notice key={`${code} ${message}`} severity="warning">
          {message}
        </Notice>
      ))}
      <Statistics
        key={restarts}
        source={source}
        summary={summary}
        traces={traces}
        others={others}
        store={store}
      />
    </>
  );
}
