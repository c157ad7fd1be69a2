// SPDX-License-Identifier: Apache-2.0
import type { SliceDetails } from '#shared/contract/engine.ts';
import { formatCount, formatDurationNs } from '#shared/base/units.ts';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { trackLabel } from '#renderer/timeline/track-tree.ts';
import { argumentRows } from '../model/arguments.ts';
import { definitions } from '../model/definitions.ts';
import { clockText } from '../model/clock-text.ts';
import { iterationAt } from '../model/timeline-traces.ts';
import type { ReadyTrace } from '../model/ready.ts';
import { DetailEntry } from './DetailEntry.tsx';
import { KindName } from './KindName.tsx';
import { SameNameSection } from './SameNameSection.tsx';
import { SliceLinks } from './SliceLinks.tsx';
import type { SliceAnswer } from './use-slice.ts';

/** Everything about one slice. */

interface TimesProps {
  readonly ready: ReadyTrace;
  /** What a slice and a moment have in common. */
  readonly details: Pick<SliceDetails, 'trackId' | 'startNs'>;
}

export function Times({ ready, details }: TimesProps) {
  const { summary, tracks } = ready.trace;
  const track = tracks.find(({ id }) => id === details.trackId);
  const deviceId = track?.type === 'gpu-stream' ? track.deviceId : null;
  const iteration = iterationAt(ready.iterations, deviceId, details.startNs);
  const clock = clockText(summary.originNs, details.startNs);
  return (
    <>
      <DetailEntry label="Start">
        {formatDurationNs(details.startNs - summary.startNs)} from trace start
      </DetailEntry>
      {iteration !== null && (
        <DetailEntry label="Iteration">
          {formatCount(iteration.index)}, {formatDurationNs(details.startNs - iteration.startNs)} into its{' '}
          {iteration.onGpu ? 'GPU' : 'host'} window
        </DetailEntry>
      )}
      {clock !== null && (
        <DetailEntry label="Clock" definition={definitions.clock}>
          {clock}
        </DetailEntry>
      )}
      <DetailEntry label="Track">
        {track === undefined ? ready.label : `${ready.label} · ${trackLabel(track)}`}
      </DetailEntry>
    </>
  );
}

interface ArgumentsProps {
  readonly details: Pick<SliceDetails, 'argsJson' | 'argsUnreadable'>;
}

export function Arguments({ details }: ArgumentsProps) {
  const rows = argumentRows(details.argsJson);
  if (details.argsUnreadable !== null) {
    return <Notice severity="warning">Arguments stay in the file: {details.argsUnreadable}</Notice>;
  }
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

interface SlicePanelProps {
  readonly traces: readonly ReadyTrace[];
  readonly answer: SliceAnswer;
  readonly onGo: (row: number) => void;
}

interface KindEntriesProps {
  readonly details: { readonly kind: string; readonly category: string };
}

/** What of work it is, in this application's words and in the recorder's. */
export function KindEntries({ details }: KindEntriesProps) {
  return (
    <>
      <DetailEntry label="Kind">
        <KindName kind={details.kind} />
      </DetailEntry>
      {details.category !== '' && (
        <DetailEntry label="Category">
          <span className="mono">{details.category}</span>
        </DetailEntry>
      )}
    </>
  );
}

export function SlicePanel({ traces, answer, onGo }: SlicePanelProps) {
  const { ready, details } = answer;
  return (
    <>
      <h2 className="trace-details__name selectable">{details.name}</h2>
      <div className="trace-details__duration selectable" role="group" aria-label="Duration">
        {formatDurationNs(details.durNs)}
      </div>
      <dl className="trace-details__entries">
        <KindEntries details={details} />
        <Times ready={ready} details={details} />
        <SliceLinks answer={answer} onGo={onGo} />
        {details.correlation !== null && (
          <DetailEntry label="Correlation">{details.correlation.toString()}</DetailEntry>
        )}
      </dl>
      <SameNameSection traces={traces} ready={ready} details={details} onGo={onGo} />
      <Arguments details={details} />
    </>
  );
}
