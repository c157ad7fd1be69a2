// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import type { RunManifest, RunSummary } from '#shared/contract/run.ts';
import { formatInstant } from '#renderer/base/format.ts';
import { isEnded, stateTone, stateWord } from '#renderer/stores/run-state.ts';
import { useRuns } from '#renderer/stores/runs.ts';
import { Badge } from '#renderer/widgets/Badge.tsx';
import { Button } from '#renderer/widgets/Button.tsx';
import { cancelRun, editAgain, openFolder } from './actions.ts';

interface RunHeaderProps {
  readonly run: RunSummary;
  readonly manifest: RunManifest | null;
  /** What else can be done with it. */
  readonly more: ReactNode;
}

/** Which run this is, how it stands, and what can be done with it. */
export function RunHeader({ run, manifest, more }: RunHeaderProps) {
  const cancelling = useRuns((state) => state.live[run.id]?.cancelling ?? false);
  const ended = isEnded(run.state);
  return (
    <header className="run__head">
      <h1 className="run__title selectable">{run.title}</h1>
      <span className="run__state" role="status">
        <Badge tone={stateTone(run.state)}>
          {cancelling && !ended ? 'Cancelling' : stateWord(run.state)}
        </Badge>
      </span>
      {run.profiled && <Badge>Profiled</Badge>}
      {manifest?.form.perfectRouter === true && <Badge tone="warning">Outputs wrong</Badge>}
      <span className="run__when">{formatInstant(run.startedAt ?? run.createdAt)}</span>
      <span className="run__space" />
      {more}
      {ended ? (
        <>
          <Button
            icon="folder"
            variant="quiet"
            onClick={() => {
              openFolder(run.id);
            }}
          >
            Open folder
          </Button>
          <Button
            icon="again"
            disabled={manifest === null}
            onClick={() => {
              if (manifest !== null) editAgain(manifest);
            }}
          >
            Run again or edit
          </Button>
        </>
      ) : (
        <Button variant="danger" icon="stop" disabled={cancelling} onClick={() => void cancelRun(run.id)}>
          {cancelling ? 'Cancelling…' : run.state === 'queued' ? 'Remove from queue' : 'Cancel run'}
        </Button>
      )}
    </header>
  );
}
