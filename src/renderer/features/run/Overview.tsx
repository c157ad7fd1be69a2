// SPDX-License-Identifier: Apache-2.0
import { formatBytes } from '#shared/base/units.ts';
import type { Artifact, RunManifest } from '#shared/contract/run.ts';
import { IterationTimesChart } from '#renderer/charts/index.tsx';
import { useRuns } from '#renderer/stores/runs.ts';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { Table } from '#renderer/widgets/Table.tsx';
import { useIterationLines } from './hooks.ts';
import { artifactWord, askedText, foundText, orderArtifacts } from './model.ts';
import { RunFacts } from './RunFacts.tsx';
import { RunFigures } from './RunFigures.tsx';
import { StepsTable } from './Steps.tsx';
import { TelemetryPanel } from './telemetry/TelemetryPanel.tsx';
import { Unread } from './Unread.tsx';

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
      <Unread manifest={manifest} />
      <RunFigures manifest={manifest} />
      <div className="overview__columns">
        <div className="overview__column">
          {manifest.steps !== undefined && <StepsTable steps={manifest.steps} />}
          <Iterations id={manifest.id} />
          {manifest.startedAt !== undefined && (
            <div>
              <h2>Telemetry</h2>
              <TelemetryPanel id={manifest.id} ended />
            </div>
          )}
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
            cell: (artifact) => <ArtifactPath artifact={artifact} />,
          },
          { key: 'rank', title: 'Rank', numeric: true, cell: (artifact) => artifact.rank ?? '' },
          { key: 'size', title: 'Size', numeric: true, cell: (artifact) => formatBytes(artifact.bytes) },
        ]}
      />
    </section>
  );
}

function ArtifactPath({ artifact: { path, problem, freedAt } }: { readonly artifact: Artifact }) {
  return (
    <>
      <span className="mono">{path}</span>
      {freedAt !== undefined && <div className="overview__quiet">deleted to free space</div>}
      {problem !== undefined && <div className="overview__problem">{problem}</div>}
    </>
  );
}
