// SPDX-License-Identifier: Apache-2.0
import type { IterationLine, ReportedFigure, RunExit, RunManifest } from '#shared/contract/run.ts';
import { formatFigure } from '#renderer/base/format.ts';
import { keyFigure } from '#renderer/stores/key-figure.ts';
import { useRuns } from '#renderer/stores/runs.ts';
import { Figure } from '#renderer/widgets/Figure.tsx';
import { definitionOf, liveDefinitions } from './definitions.ts';
import { Distributions } from './Distributions.tsx';
import { capturedSteps, figureParts, singleFigures, sizeParts, spansText, wallText } from './model.ts';

/**
 * What a run says of itself in figures. The biggest answers its question: of a measured run its throughput,
 * of a profiled one the iterations that it captured; figures taken under a recorder come last, and say so.
 */
export function RunFigures({ manifest }: { readonly manifest: RunManifest }) {
  return (
    <section aria-label="Figures">
      {manifest.profiled ? <Profiled manifest={manifest} /> : <Measured manifest={manifest} />}
    </section>
  );
}

function Measured({ manifest: { figures, exit } }: { readonly manifest: RunManifest }) {
  const main = keyFigure(figures);
  const others = singleFigures(figures).filter((figure) => figure !== main);
  const ordered = main === undefined ? [] : [main, ...others];
  return (
    <>
      <div className="overview__figures">
        {ordered.map((figure) => (
          <Reported key={figure.label} figure={figure} main={figure === main} />
        ))}
        {exit !== undefined && <Exit exit={exit} />}
      </div>
      <Distributions figures={figures} />
      {figures.length === 0 && <NothingReported />}
    </>
  );
}

const noLines: readonly IterationLine[] = [];

function Profiled({ manifest: { id, figures, exit, spans } }: { readonly manifest: RunManifest }) {
  const captured = capturedSteps(
    useRuns((state) => state.live[id]?.lines ?? noLines),
    spans,
  );
  return (
    <>
      <div className="overview__figures">
        <Figure
          size="main"
          label="Median captured iteration"
          value={captured === null ? '–' : formatFigure(captured.medianMs)}
          unit={captured === null ? '' : 'ms'}
          definition={liveDefinitions.captured}
          note={
            captured === null ? 'the log has no line of them' : `iterations ${spansText(spans)}, host time`
          }
        />
        {exit !== undefined && <Exit exit={exit} />}
      </div>
      {figures.length === 0 ? (
        <NothingReported />
      ) : (
        <>
          <p className="overview__quiet">
            A recorder was on: the throughput of this run is not a measurement. Run it again without recorders
            to measure.
          </p>
          <div className="overview__figures overview__figures--quiet">
            {singleFigures(figures).map((figure) => (
              <Reported key={figure.label} figure={figure} note="measured under a recorder" />
            ))}
          </div>
          <Distributions figures={figures} />
        </>
      )}
    </>
  );
}

interface ReportedProps {
  readonly figure: ReportedFigure;
  readonly main?: boolean;
  readonly note?: string;
}

function Reported({ figure, main = false, note }: ReportedProps) {
  const [value, unit] = figureParts(figure);
  return (
    <Figure
      size={main ? 'main' : 'normal'}
      label={figure.label}
      value={value}
      unit={unit}
      definition={definitionOf(figure.label)}
      note={note}
    />
  );
}

function Exit({ exit }: { readonly exit: RunExit }) {
  const [memory, unit] = sizeParts(exit.peakRssBytes);
  return (
    <>
      <Figure label="Wall time" value={wallText(exit.wallMs)} definition={liveDefinitions.wall} />
      <Figure label="CPU time" value={wallText(exit.cpuMs)} definition={liveDefinitions.cpuTime} />
      <Figure label="Peak memory" value={memory} unit={unit} definition={liveDefinitions.peakMemory} />
    </>
  );
}

const NothingReported = () => <p className="overview__quiet">The program reported no figures.</p>;
