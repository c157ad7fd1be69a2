// SPDX-License-Identifier: Apache-2.0
import { formatPercent } from '#shared/base/units.ts';
import type { RunManifest } from '#shared/contract/run.ts';
import { useRuns } from '#renderer/stores/runs.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { ProgressBar } from '#renderer/widgets/ProgressBar.tsx';
import { ingestRun, stopIngest } from './actions.ts';
import { unreadText } from './model.ts';

/** What of a run has not been read, why, and the button that reads it; nothing where all of it was. */
export function Unread({ manifest }: { readonly manifest: RunManifest }) {
  const ingesting = useRuns((state) => state.live[manifest.id]?.ingesting ?? false);
  const text = unreadText(manifest);
  if (ingesting) return <Ingesting id={manifest.id} />;
  if (text === null) return null;
  return (
    <Notice severity="warning">
      <div className="unread">
        <span className="unread__text">{text}</span>
        <Button onClick={() => void ingestRun(manifest.id)}>
          {manifest.state === 'interrupted' ? 'Ingest what is there' : 'Read again'}
        </Button>
      </div>
    </Notice>
  );
}

function Ingesting({ id }: { readonly id: string }) {
  const progress = useRuns((state) => state.live[id]?.progress ?? null);
  return (
    <div className="unread" role="status">
      <div className="unread__progress">
        <ProgressBar label="Reading what the run left" ratio={progress?.ratio} />
        <div className="run__step">
          <span>{progress?.step ?? 'Reading what the run left'}</span>
          <span>{progress?.ratio === undefined ? '' : formatPercent(progress.ratio)}</span>
        </div>
      </div>
      <Button
        icon="stop"
        onClick={() => {
          stopIngest(id);
        }}
      >
        Stop reading
      </Button>
    </div>
  );
}
