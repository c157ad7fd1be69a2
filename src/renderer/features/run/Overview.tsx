// SPDX-License-Identifier: Apache-2.0
import { formatBytes } from '#shared/base/units.ts';
import type { Artifact, RunManifest } from '#shared/contract/run.ts';
import { IterationTimesChart } from '#renderer/charts/index.tsx';
import { keyFigure } from '#renderer/stores/key-figure.ts';
import { useRuns } from '#renderer/stores/runs.ts';
import { Figure } from '#renderer/widgets/Figure.tsx';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { Table } from '#renderer/widgets/Table.tsx';
import { definitionOf, liveDefinitions } from './definitions.ts';
import { useIterationLines } from './hooks.ts';
import {
  artifactWord,
  askedText,
  figureParts,
  foundText,
  orderArtifacts,
  sizeParts,
  wallText,
} from './model.ts';
import { RunFacts } from './RunFacts.tsx';

const noLines = [] as const;

/** An ended run: what it reported, whether it captured what was asked, what it left, and how it was started. */
export function Overview({ manifest }: { readonly manifest: RunManifest }) {
  return (
    <div className="overview">
      {manifest.failure !== undefined && (
        <Notice severity={manifest.state === 'failed' ? 'error' : 'warning'}>
          {manifest.failure.message}
        </Notice>
      )}
      <Reported manifest={manifest} />
      <div className="overview__columns">
        <div className="overview__column">
          <Iterations id={manifest.id} />
          <Capture manifest={manifest} />
          <Artifacts artifacts={manifest.artifacts} />
        </div>
        <div className="overview__column">
          <RunFacts manifest={manifest} />
        </div>
      </div>
    </div>
  );
}

function Reported({ manifest }: { readonly manifest: RunManifest }) {
  const { figures, exit, profiled } = manifest;
  const main = keyFigure(figures);
  const ordered = main === undefined ? [] : [main, ...figures.filter((figure) => figure !== main)];
  const [memory, memoryUnit] = exit === undefined ? ['–', ''] : sizeParts(exit.peakRssBytes);
  return (
    <section aria-label="Figures">
      <div className="overview__figures">
        {ordered.map((figure, index) => {
          const [value, unit] = figureParts(figure);
          return (
            <Figure
              key={figure.label}
              size={index === 0 ? 'main' : 'normal'}
              label={figure.label}
              value={value}
              unit={unit}
              definition={definitionOf(figure.label)}
            />
          );
        })}
        {exit !== undefined && (
          <>
            <Figure label="Wall time" value={wallText(exit.wallMs)} definition={liveDefinitions.wall} />
            <Figure label="CPU time" value={wallText(exit.cpuMs)} definition={liveDefinitions.cpuTime} />
            <Figure
              label="Peak memory"
              value={memory}
              unit={memoryUnit}
              definition={liveDefinitions.peakMemory}
            />
          </>
        )}
      </div>
      {figures.length === 0 && <p className="overview__quiet">The program reported no figures.</p>}
      {profiled && figures.length > 0 && (
        <p className="overview__quiet">
          A recorder was on: the throughput of this run is not a measurement. Run it again without recorders
          to measure.
        </p>
      )}
    </section>
  );
}

function Iterations({ id }: { readonly id: string }) {
  const lines = useRuns((state) => state.live[id]?.lines ?? noLines);
  useIterationLines(id, true);
  if (lines.length === 0) return null;
  return (
    <section aria-labelledby="overview-iterations">
      <h2 id="overview-iterations">Iteration times</h2>
      <div className="overview__chart">
        <IterationTimesChart lines={lines} />
      </div>
    </section>
  );
}

function Capture({ manifest }: { readonly manifest: RunManifest }) {
  const check = manifest.captureCheck;
  if (check === undefined) return null;
  return (
    <section aria-labelledby="overview-capture">
      <h2 id="overview-capture">Capture check</h2>
      <Notice severity={check.complete ? 'note' : 'warning'}>{check.message}</Notice>
      <dl className="facts">
        <div className="facts__row">
          <dt>Asked</dt>
          <dd>iterations {askedText(check)}</dd>
        </div>
        <div className="facts__row">
          <dt>Found</dt>
          <dd>
            {foundText(check).map((text) => (
              <div key={text}>{text}</div>
            ))}
          </dd>
        </div>
      </dl>
    </section>
  );
}

function Artifacts({ artifacts }: { readonly artifacts: readonly Artifact[] }) {
  return (
    <section aria-labelledby="overview-artifacts">
      <h2 id="overview-artifacts">Artifacts</h2>
      <Table
        label="Artifacts"
        rows={orderArtifacts(artifacts)}
        rowKey={(artifact) => artifact.path}
        empty="The run left no artifact."
        columns={[
          { key: 'kind', title: 'Kind', cell: (artifact) => artifactWord(artifact.kind) },
          {
            key: 'path',
            title: 'Path in the run’s folder',
            cell: (artifact) => <span className="mono">{artifact.path}</span>,
          },
          { key: 'rank', title: 'Rank', numeric: true, cell: (artifact) => artifact.rank ?? '' },
          { key: 'size', title: 'Size', numeric: true, cell: (artifact) => formatBytes(artifact.bytes) },
        ]}
      />
    </section>
  );
}
