// SPDX-License-Identifier: Apache-2.0
import { formatCount, formatPercent } from '#shared/base/units.ts';
import type { RunSummary } from '#shared/contract/run.ts';
import { clockUnit, formatClock, formatFigure } from '#renderer/base/format.ts';
import { IterationTimesChart } from '#renderer/charts/index.tsx';
import { stateWord } from '#renderer/stores/run-state.ts';
import { useRuns } from '#renderer/stores/runs.ts';
import { Figure } from '#renderer/widgets/Figure.tsx';
import { ProgressBar } from '#renderer/widgets/ProgressBar.tsx';
import { liveDefinitions } from './definitions.ts';
import { useIterationLines } from './hooks.ts';
import { LogView } from './log/LogView.tsx';
import { averageCores, batchText, medianStepMs, mostTimeLeftMs, sizeParts } from './model.ts';
import { QueueView } from './QueueView.tsx';
import { StepsStrip } from './Steps.tsx';
import { TelemetryPanel } from './telemetry/TelemetryPanel.tsx';

/** Steps in the median: long enough to be calm, short enough to follow a change. */
const MEDIAN_STEPS = 50;
const noLines = [] as const;

/** A run that has not ended: its place in the queue, then what it does. */
export function LiveView({ run }: { readonly run: RunSummary }) {
  return run.state === 'queued' ? <QueueView run={run} /> : <RunningView run={run} />;
}

/** A run while it lives: where it is, how fast, and what it says. */
function RunningView({ run }: { readonly run: RunSummary }) {
  const lines = useRuns((state) => state.live[run.id]?.lines ?? noLines);
  const progress = useRuns((state) => state.live[run.id]?.progress ?? null);
  const cancelling = useRuns((state) => state.live[run.id]?.cancelling ?? false);
  useIterationLines(run.id, false);
  const step = cancelling
    ? 'Cancelling: the program is asked to end, then made to.'
    : (progress?.step ?? stateWord(run.state));
  return (
    <div className="run__live">
      <LiveFigures run={run} />
      <div className="run__progress">
        {run.steps !== undefined && <StepsStrip steps={run.steps} />}
        <ProgressBar label="Progress of the run" ratio={progress?.ratio} />
        <div className="run__step">
          <span>{step}</span>
          <span>{progress?.ratio === undefined ? '' : formatPercent(progress.ratio)}</span>
        </div>
      </div>
      <section className="run__chart" aria-label="Iteration times">
        {lines.length > 0 ? (
          <IterationTimesChart lines={lines} />
        ) : (
          <p className="run__chart-empty">
            Iteration times appear here with the first iteration that the engine logs.
          </p>
        )}
      </section>
      <div className="run__telemetry">
        <TelemetryPanel id={run.id} />
      </div>
      <LogView id={run.id} steps={run.steps} live profiled={run.profiled} />
    </div>
  );
}

function LiveFigures({ run }: { readonly run: RunSummary }) {
  const lines = useRuns((state) => state.live[run.id]?.lines ?? noLines);
  const progress = useRuns((state) => state.live[run.id]?.progress ?? null);
  const newest = lines.at(-1);
  const median = medianStepMs(lines, MEDIAN_STEPS);
  const left = mostTimeLeftMs(progress?.iterationLimit, newest, median);
  const cores = averageCores(progress?.cpuMs, progress?.elapsedMs ?? 0);
  const [memory, memoryUnit] = progress?.rssBytes === undefined ? ['–', ''] : sizeParts(progress.rssBytes);
  return (
    <div className="run__figures">
      <Figure
        size="main"
        label="Iteration"
        value={newest === undefined ? '–' : formatCount(newest.iteration)}
        definition={liveDefinitions.iteration}
        note={newest === undefined ? ' ' : batchText(newest) || ' '}
      />
      <Figure
        label="Host step time"
        value={median === null ? '–' : formatFigure(median)}
        unit="ms"
        definition={liveDefinitions.step}
      />
      <Figure
        label="Elapsed"
        value={formatClock(progress?.elapsedMs ?? 0)}
        unit={clockUnit(progress?.elapsedMs ?? 0)}
        definition={liveDefinitions.elapsed}
      />
      <Figure
        label="Time left at most"
        value={left === null ? '–' : formatClock(left)}
        unit={left === null ? '' : clockUnit(left)}
        definition={liveDefinitions.timeLeft}
      />
      <Figure
        label="CPU"
        value={cores === null ? '–' : cores.toFixed(2)}
        unit="cores"
        definition={liveDefinitions.cpu}
      />
      <Figure label="Memory" value={memory} unit={memoryUnit} definition={liveDefinitions.memory} />
    </div>
  );
}
