// SPDX-License-Identifier: Apache-2.0
import { formatBytes, formatCount } from '#shared/base/units.ts';
import type { TraceSet, TraceSetSnapshot } from '#renderer/data/trace-set.ts';
import type { TraceSession, TraceState } from '#renderer/data/trace-session.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { ProgressBar } from '#renderer/widgets/ProgressBar.tsx';
import './opening.css';

/** Traces that are not (yet) open: how far each is, or why it is not, and what can be done. */

function progressText(state: TraceState & { readonly phase: 'opening' }): string {
  const { progress } = state;
  if (progress === null) return 'Waiting for the engine';
  const { bytesDone, bytesTotal, slices, note } = progress;
  if (note !== undefined) return note;
  return `${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)} · ${formatCount(slices)} slices`;
}

function ratioOf(state: TraceState & { readonly phase: 'opening' }): number | undefined {
  const { progress } = state;
  return progress === null || progress.bytesTotal === 0
    ? undefined
    : progress.bytesDone / progress.bytesTotal;
}

interface EntryProps {
  readonly session: TraceSession;
  readonly state: TraceState;
}

function OpeningEntry({ session, state }: EntryProps) {
  const { name } = session.source;
  switch (state.phase) {
    case 'opening':
      return (
        <li className="trace-opening__entry">
          <span className="trace-opening__name">{name}</span>
          <ProgressBar label={`Opening ${name}`} ratio={ratioOf(state)} />
          <span className="trace-opening__text">{progressText(state)}</span>
          <Button variant="quiet" aria-label={`Cancel opening ${name}`} onClick={() => session.cancel()}>
            Cancel
          </Button>
        </li>
      );
    case 'failed':
      return (
        <li className="trace-opening__problem" role="alert">
          <Notice severity="error">
            <strong>{name}</strong>: {state.failure.message}
          </Notice>
          <Button aria-label={`Try ${name} again`} onClick={() => void session.open()}>
            Try again
          </Button>
        </li>
      );
    case 'cancelled':
      return (
        <li className="trace-opening__problem">
          <Notice severity="note">
            <strong>{name}</strong> was not opened: you cancelled it.
          </Notice>
          <Button aria-label={`Open ${name}`} onClick={() => void session.open()}>
            Open
          </Button>
        </li>
      );
    case 'ready':
      return null;
  }
}

interface GatheredProps {
  readonly entries: readonly EntryProps[];
  readonly snapshot: TraceSetSnapshot;
}

/** Many traces that are being read, as one line. */
function ManyOpening({ entries, snapshot }: GatheredProps) {
  const all = snapshot.states.length;
  const done = snapshot.states.filter(({ phase }) => phase === 'ready').length;
  return (
    <li className="trace-opening__entry">
      <span className="trace-opening__name">Opening {formatCount(all)} traces</span>
      <ProgressBar label="Opening traces" ratio={done / all} />
      <span className="trace-opening__text">
        {formatCount(done)} open · {formatCount(entries.length)} to go
      </span>
      <Button variant="quiet" onClick={() => entries.forEach(({ session }) => session.cancel())}>
        Cancel all
      </Button>
    </li>
  );
}

/** Many traces that the user cancelled, as one line. */
function ManyCancelled({
  entries,
  traceSet,
}: Pick<GatheredProps, 'entries'> & { readonly traceSet: TraceSet }) {
  return (
    <li className="trace-opening__problem">
      <Notice severity="note">
        <strong>{formatCount(entries.length)} traces</strong> were not opened: you cancelled them.
      </Notice>
      <Button onClick={() => traceSet.openAgain(entries.map(({ session }) => session))}>Open all</Button>
    </li>
  );
}

interface OpeningProps {
  readonly traceSet: TraceSet;
  readonly snapshot: TraceSetSnapshot;
}

/** More than so many of one kind are told in one line. */
const FEW = 4;

export function Opening({ traceSet, snapshot }: OpeningProps) {
  const entries = snapshot.sessions.flatMap((session, at): EntryProps[] => {
    const state = snapshot.states[at];
    return state === undefined || state.phase === 'ready' ? [] : [{ session, state }];
  });
  if (entries.length === 0) return null;
  const of = (phase: TraceState['phase']) => entries.filter(({ state }) => state.phase === phase);
  const [opening, cancelled] = [of('opening'), of('cancelled')];
  const gathered = [opening, cancelled].filter(({ length }) => length > FEW).flat();
  return (
    <ul className="trace-opening" aria-label="Traces that are not open">
      {opening.length > FEW && <ManyOpening entries={opening} snapshot={snapshot} />}
      {cancelled.length > FEW && <ManyCancelled entries={cancelled} traceSet={traceSet} />}
      {entries
        .filter((entry) => !gathered.includes(entry))
        .map(({ session, state }) => (
          <OpeningEntry key={session.source.sourceId} session={session} state={state} />
        ))}
    </ul>
  );
}
