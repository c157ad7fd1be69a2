// SPDX-License-Identifier: Apache-2.0
import { useEffect, useMemo } from 'react';
import { invoke } from '#renderer/data/bridge.ts';
import { TelemetryChart } from '#renderer/charts/index.tsx';
import { notifyFailure } from '#renderer/stores/notices.ts';
import { takeSeries, useTelemetry, type Telemetry } from '#renderer/stores/telemetry.ts';
import { Badge } from '#renderer/widgets/Badge.tsx';
import { Tooltip } from '#renderer/widgets/Tooltip.tsx';
import { gpuStates, telemetryCards, type TelemetryCard } from './model.ts';
import './telemetry.css';

/** What host, run and GPUs did: as it comes while the run lives, as it was recorded afterwards. */
export function TelemetryPanel({ id, ended = false }: { readonly id: string; readonly ended?: boolean }) {
  const telemetry = useTelemetry((state) => state.runs[id]);
  useEffect(() => {
    invoke('runs.telemetry', { id }).then((series) => {
      takeSeries(id, series);
    }, notifyFailure);
  }, [id]);
  if (telemetry === undefined) {
    return (
      <p className="telemetry__quiet">
        {ended
          ? 'Nothing was sampled: the run was over before the first look, or an earlier version made it.'
          : 'Nothing sampled yet: the first figures come within a second.'}
      </p>
    );
  }
  return <Panel telemetry={telemetry} />;
}

function Panel({ telemetry }: { readonly telemetry: Telemetry }) {
  const { head, samples } = telemetry;
  const cards = useMemo(() => telemetryCards(head, samples), [head, samples]);
  return (
    <section className="telemetry" aria-label="Telemetry">
      <div className="telemetry__cards">
        {cards.map((card) => (
          <Card key={card.key} card={card} />
        ))}
      </div>
      {head.gpusAbsent !== null && <p className="telemetry__quiet">{head.gpusAbsent}</p>}
      {gpuStates(head, samples).map((gpu) => (
        <p key={gpu.key} className="telemetry__gpu">
          <span>{gpu.name}</span>
          {gpu.throttled !== null && <Badge tone="warning">slowed by {gpu.throttled}</Badge>}
          <span className="telemetry__quiet">{gpu.processes}</span>
        </p>
      ))}
    </section>
  );
}

function Card({ card: { title, definition, now, plot } }: { readonly card: TelemetryCard }) {
  const names = plot.lines.map(({ name }) => name).join(' · ');
  return (
    <figure className="telemetry__card">
      <figcaption className="telemetry__head">
        <Tooltip content={`${definition}${plot.lines.length > 1 ? ` Shown: ${names}.` : ''}`}>
          <button type="button" className="telemetry__title" aria-description={definition}>
            {title}
          </button>
        </Tooltip>
        <span className="telemetry__now">{now}</span>
      </figcaption>
      <div className="telemetry__plot">
        <TelemetryChart label={`${title} over time: ${now} (${names})`} plot={plot} />
      </div>
    </figure>
  );
}
