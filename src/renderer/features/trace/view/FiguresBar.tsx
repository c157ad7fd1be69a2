// SPDX-License-Identifier: Apache-2.0
import { formatCount, formatDurationNs, formatPercent } from '#shared/base/units.ts';
import { useTraceView, type TraceViewStore } from '#renderer/stores/trace-view.ts';
import { Badge } from '#renderer/widgets/Badge.tsx';
import { Figure } from '#renderer/widgets/Figure.tsx';
import { Segmented } from '#renderer/widgets/Segmented.tsx';
import { Tooltip } from '#renderer/widgets/Tooltip.tsx';
import { definitions } from '../model/definitions.ts';
import type { SetFigures } from '../model/figures.ts';
import type { ReadySet } from '../model/ready.ts';
import { Warnings } from './Warnings.tsx';
import './figures-bar.css';

/** The most important figures of the set, the median iteration first and biggest. */

const NONE = '—';
const duration = (ns: number | null): string => (ns === null ? NONE : formatDurationNs(ns));
const percent = (ratio: number | null): string => (ratio === null ? NONE : formatPercent(ratio));

function iterationNote({ firstIteration, lastIteration }: SetFigures): string {
  if (firstIteration === null || lastIteration === null) return 'no step markers found';
  return firstIteration === lastIteration
    ? `number ${firstIteration}`
    : `${firstIteration} to ${lastIteration}`;
}

function kindsNote({ contextMedianNs, generationMedianNs }: SetFigures): string {
  const context = contextMedianNs === null ? null : `context ${formatDurationNs(contextMedianNs)}`;
  const generation =
    generationMedianNs === null ? null : `generation ${formatDurationNs(generationMedianNs)}`;
  return (
    [context, generation].filter((part) => part !== null).join(' · ') || 'kinds not stated by the markers'
  );
}

/** The trace whose recording misses something from the earliest step. */
function firstIncomplete({
  traces,
}: ReadySet): { readonly first: number; readonly message: string } | undefined {
  const found = traces.flatMap(({ trace: { summary } }) => {
    const [first] = summary.capture?.incomplete ?? [];
    const message = summary.warnings.find(({ code }) => code === 'capture-incomplete')?.message ?? '';
    return first === undefined ? [] : [{ first, message }];
  });
  return found.sort((a, b) => a.first - b.first)[0];
}

function Labels({ ready, figures }: { readonly ready: ReadySet; readonly figures: SetFigures }) {
  const incomplete = firstIncomplete(ready);
  const host =
    'There is no GPU activity in these traces: windows and their division are those of the host’s threads.';
  const inferred =
    'The trace has no step markers: iterations were inferred from its repeating pattern and are numbered from the first one found.';
  return (
    <>
      {figures.onHost && <Label text="host" definition={host} />}
      {incomplete !== undefined && (
        <Label text={`incomplete from ${incomplete.first}`} definition={incomplete.message} />
      )}
      {figures.inferred && <Label text="inferred" definition={inferred} />}
    </>
  );
}

function Label({ text, definition }: { readonly text: string; readonly definition: string }) {
  return (
    <Tooltip content={definition}>
      <button type="button" className="trace-label" aria-description={definition}>
        <Badge tone="accent">{text}</Badge>
      </button>
    </Tooltip>
  );
}

const clockDefinitions = {
  wall: 'The traces share one axis by the wall clock that each recorder noted. Clocks of different machines may differ by milliseconds.',
  step: 'The traces share one axis on which this iteration begins at one time in all of them. Times between ranks are relative to it.',
  apart:
    'The clocks of these traces are too far apart for one axis, or not recorded: each starts at zero, and times between ranks do not compare.',
} as const;

/** How several traces share an axis: said always, a choice where both ways are possible. */
function Clocks({ ready, store }: { readonly ready: ReadySet; readonly store: TraceViewStore }) {
  const chooseClock = useTraceView(store, (state) => state.chooseClock);
  const wanted = useTraceView(store, (state) => state.clock);
  const { clock, commonStep } = ready;
  if (clock === 'single') return null;
  if (clock === 'apart') return <Label text="clocks apart" definition={clockDefinitions.apart} />;
  const stepText = `iteration ${commonStep ?? ''}`;
  const hasChoice = clock === 'wall' ? commonStep !== null : wanted === 'step';
  return (
    <>
      <Label
        text={clock === 'wall' ? 'aligned by wall clock' : `aligned by ${stepText}`}
        definition={clockDefinitions[clock]}
      />
      {hasChoice && (
        <Segmented
          label="Align the traces by"
          value={clock}
          segments={[
            { value: 'wall', label: 'Wall clock' },
            { value: 'step', label: `Iteration ${commonStep ?? ''}` },
          ]}
          onChange={chooseClock}
        />
      )}
    </>
  );
}

interface FiguresBarProps {
  readonly store: TraceViewStore;
  readonly figures: SetFigures;
  readonly ready: ReadySet;
}

export function FiguresBar({ figures, ready, store }: FiguresBarProps) {
  const { onHost } = figures;
  const gpus = new Set(
    ready.traces.flatMap(({ trace }) => trace.summary.gpu.devices.map(({ name }) => name)),
  );
  const slices = ready.traces.reduce((sum, { trace }) => sum + trace.summary.sliceCount, 0);
  return (
    <section className="trace-figures" aria-label="Figures of the trace set">
      <Figure
        size="main"
        label="Median iteration"
        value={duration(figures.medianNs)}
        definition={definitions.median}
        note={kindsNote(figures)}
      />
      <Figure
        label="Iterations captured"
        value={formatCount(figures.iterationCount)}
        definition={definitions.iterations}
        note={iterationNote(figures)}
      />
      <Figure
        label={onHost ? 'Host busy' : 'GPU busy'}
        value={percent(figures.busyRatio)}
        definition={onHost ? definitions.hostBusy : definitions.busy}
        note={`compute ${percent(figures.computeRatio)} · communication ${percent(figures.communicationRatio)}`}
      />
      <Figure
        label={onHost ? 'Idle, median' : 'GPU idle, median'}
        value={duration(figures.medianIdleNs)}
        definition={definitions.idle}
        note="per iteration and rank"
      />
      {figures.medianShiftNs !== null && (
        <Figure
          label="GPU behind host"
          value={duration(figures.medianShiftNs)}
          definition={definitions.shift}
          note="median shift"
        />
      )}
      <div className="trace-figures__source">
        <div className="trace-figures__badges">
          <Labels ready={ready} figures={figures} />
          <Clocks ready={ready} store={store} />
          <Warnings traces={ready.traces} />
        </div>
        <div className="trace-figures__device">{[...gpus].join(', ') || 'No GPU activity'}</div>
        <div className="trace-figures__device">
          {formatCount(slices)} slices ·{' '}
          {ready.traces.length === 1 ? '1 trace' : `${ready.traces.length} traces`}
        </div>
      </div>
    </section>
  );
}
