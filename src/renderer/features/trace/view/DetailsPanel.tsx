// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import type { SliceDetails } from '#shared/contract/engine.ts';
import { formatCount, formatDurationNs } from '#shared/base/units.ts';
import { useTraceView, type TraceViewStore } from '#renderer/stores/trace-view.ts';
import { trackLabel } from '#renderer/timeline/track-tree.ts';
import { shortName } from '#renderer/timeline/text.ts';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { Tooltip } from '#renderer/widgets/Tooltip.tsx';
import { argumentRows } from '../model/arguments.ts';
import { definitions } from '../model/definitions.ts';
import { iterationAt } from '../model/timeline-traces.ts';
import type { ReadyTrace } from '../model/ready.ts';
import { KindName } from './KindName.tsx';
import { RangePanel } from './RangePanel.tsx';
import { useSlice, type SliceAnswer } from './use-slice.ts';

/** Everything about the selected slice, or how to select one. */

const KEYS = [
  ['W S', 'zoom in, zoom out'],
  ['A D', 'pan left, right'],
  ['← →', 'along a track'],
  ['↑ ↓', 'through the levels'],
  ['[ ]', 'previous, next iteration'],
  ['F', 'fit the selection'],
  ['M X', 'mark; range between marks'],
  ['⇧↑ ⇧↓', 'choose a row'],
  ['Enter', 'open or close it'],
  ['P H', 'pin, hide it'],
  ['Home', 'show all'],
  ['Esc', 'clear'],
] as const;

function Help() {
  return (
    <div className="trace-help">
      <p>
        Click a slice to see what it is. Drag to pan, scroll with Ctrl or Shift to zoom, drag with Shift to
        measure a range.
      </p>
      <dl>
        {KEYS.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              <kbd className="kbd">{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

interface EntryProps {
  readonly label: string;
  readonly definition?: string;
  readonly children: ReactNode;
}

function Entry({ label, definition, children }: EntryProps) {
  const term =
    definition === undefined ? (
      label
    ) : (
      <Tooltip content={definition} side="left">
        <button type="button" className="trace-details__term" aria-description={definition}>
          {label}
        </button>
      </Tooltip>
    );
  return (
    <div className="trace-details__entry">
      <dt>{term}</dt>
      <dd className="selectable">{children}</dd>
    </div>
  );
}

function Times({ ready, details }: { readonly ready: ReadyTrace; readonly details: SliceDetails }) {
  const track = ready.trace.tracks.find(({ id }) => id === details.trackId);
  const deviceId = track?.type === 'gpu-stream' ? track.deviceId : null;
  const iteration = iterationAt(ready.iterations, deviceId, details.startNs);
  return (
    <>
      <Entry label="Start">
        {formatDurationNs(details.startNs - ready.trace.summary.startNs)} from trace start
      </Entry>
      {iteration !== null && (
        <Entry label="Iteration">
          {formatCount(iteration.index)}, {formatDurationNs(details.startNs - iteration.startNs)} into its{' '}
          {iteration.onGpu ? 'GPU' : 'host'} window
        </Entry>
      )}
      <Entry label="Track">
        {track === undefined ? ready.label : `${ready.label} · ${trackLabel(track)}`}
      </Entry>
    </>
  );
}

interface LinksProps {
  readonly answer: SliceAnswer;
  readonly onGo: (row: number) => void;
}

function SliceLink({
  details,
  onGo,
}: {
  readonly details: SliceDetails;
  readonly onGo: (row: number) => void;
}) {
  return (
    <button
      type="button"
      className="trace-details__link"
      title={details.name}
      onClick={() => onGo(details.row)}
    >
      <span className="trace-details__link-name">{shortName(details.name)}</span>
      <span className="trace-details__link-time">{formatDurationNs(details.durNs)}</span>
    </button>
  );
}

function Links({ answer: { details, parents, partners }, onGo }: LinksProps) {
  const more = details.partnerRows.length - partners.length;
  const gpu = partners.some(({ startNs }) => startNs >= details.startNs);
  return (
    <>
      {details.launchDelayNs !== null && (
        <Entry label="Launch delay" definition={definitions.launchDelay}>
          {formatDurationNs(details.launchDelayNs)}
        </Entry>
      )}
      {partners.length > 0 && (
        <Entry label={gpu ? 'Launched' : 'Launched by'}>
          {partners.map((partner) => (
            <SliceLink key={partner.row} details={partner} onGo={onGo} />
          ))}
          {more > 0 && <span className="trace-note">and {formatCount(more)} more</span>}
        </Entry>
      )}
      {parents.length > 0 && (
        <Entry label="Inside">
          {parents.map((parent) => (
            <SliceLink key={parent.row} details={parent} onGo={onGo} />
          ))}
        </Entry>
      )}
    </>
  );
}

function Arguments({ argsJson }: { readonly argsJson: string | null }) {
  const rows = argumentRows(argsJson);
  if (rows.length === 0) return null;
  return (
    <>
      <h3 className="trace-details__heading">Arguments</h3>
      <table className="trace-details__arguments selectable" aria-label="Arguments">
        <tbody>
          {rows.map(({ name, value }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Slice({ answer, onGo }: LinksProps) {
  const { ready, details } = answer;
  return (
    <>
      <h2 className="trace-details__name selectable">{details.name}</h2>
      <div className="trace-details__duration selectable" role="group" aria-label="Duration">
        {formatDurationNs(details.durNs)}
      </div>
      <dl className="trace-details__entries">
        <Entry label="Kind">
          <KindName kind={details.kind} />
        </Entry>
        {details.category !== '' && (
          <Entry label="Category">
            <span className="mono">{details.category}</span>
          </Entry>
        )}
        <Times ready={ready} details={details} />
        <Links answer={answer} onGo={onGo} />
        {details.correlation !== null && <Entry label="Correlation">{details.correlation.toString()}</Entry>}
      </dl>
      <Arguments argsJson={details.argsJson} />
    </>
  );
}

interface DetailsPanelProps {
  readonly traces: readonly ReadyTrace[];
  readonly store: TraceViewStore;
}

export function DetailsPanel({ traces, store }: DetailsPanelProps) {
  const slice = useTraceView(store, (state) => state.slice);
  const range = useTraceView(store, (state) => state.range);
  const goToSlice = useTraceView(store, (state) => state.goToSlice);
  const answer = useSlice(traces, slice);
  const onGo = (row: number): void => {
    if (slice !== null) goToSlice({ sourceId: slice.sourceId, row });
  };
  return (
    <section className="trace-details" aria-label="Details of the selection" tabIndex={0}>
      {range !== null && <RangePanel traces={traces} range={range} />}
      {answer === null && slice === null && range === null && <Help />}
      {answer !== null && 'message' in answer && <Notice severity="error">{answer.message}</Notice>}
      {answer !== null && 'details' in answer && <Slice answer={answer} onGo={onGo} />}
    </section>
  );
}
