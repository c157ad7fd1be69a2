// SPDX-License-Identifier: Apache-2.0
import type { RunSummary } from '#shared/contract/run.ts';
import { formatClockTime, plural } from '#renderer/base/format.ts';
import { differences } from '#renderer/base/form-differences.ts';
import { useLauncher } from '#renderer/stores/launcher.ts';
import { goTo } from '#renderer/stores/navigation.ts';
import { isEnded } from '#renderer/stores/run-state.ts';
import { useRuns } from '#renderer/stores/runs.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { IconButton } from '#renderer/widgets/IconButton.tsx';
import { cancelRun, moveInQueue } from './actions.ts';
import './queue.css';

/** A run that waits: what runs before it, and the order of all that wait. */
export function QueueView({ run }: { readonly run: RunSummary }) {
  const queue = useRuns((state) => state.queue);
  const summaries = useRuns((state) => state.summaries);
  const place = queue.indexOf(run.id);
  const active = summaries?.find(({ id, state }) => !isEnded(state) && state !== 'queued' && id !== run.id);
  return (
    <div className="queue">
      <p className="queue__text">
        Runs go one after the other, so that none disturbs what another measures.{' '}
        {place > 0 ? `${plural(place, 'run waits', 'runs wait')} before this one.` : 'This one is next.'}
      </p>
      {active !== undefined && (
        <p className="queue__text">
          Now running:{' '}
          <button
            type="button"
            className="queue__link"
            onClick={() => {
              goTo({ kind: 'run', id: active.id });
            }}
          >
            {active.title}
          </button>
        </p>
      )}
      <ol className="queue__list" aria-label="Queue">
        {queue.map((id, at) => (
          <li key={id} className="queue__item" aria-current={id === run.id ? 'true' : undefined}>
            <span className="queue__place">{(at + 1).toString()}</span>
            <WaitingRun id={id} run={summaries?.find((known) => known.id === id)} />
            <IconButton
              icon="up"
              label="Run earlier"
              small
              disabled={at === 0}
              onClick={() => void moveInQueue(id, at - 1)}
            />
            <IconButton
              icon="down"
              label="Run later"
              small
              disabled={at === queue.length - 1}
              onClick={() => void moveInQueue(id, at + 1)}
            />
            <Button variant="quiet" icon="close" onClick={() => void cancelRun(id)}>
              Remove
            </Button>
          </li>
        ))}
      </ol>
    </div>
  );
}

interface WaitingRunProps {
  readonly id: string;
  readonly run: RunSummary | undefined;
}

/** What tells a waiting run from others of the same title: what of its form is not the default, when it was asked for, its folder. */
function WaitingRun({ id, run }: WaitingRunProps) {
  const recipe = useLauncher((state) => state.recipes?.find((known) => known.id === run?.form.recipeId));
  if (run === undefined) return <span className="queue__run">{id}</span>;
  const words = differences(run, recipe);
  return (
    <span className="queue__run" title={id}>
      <span className="queue__title">{run.title}</span>
      <span className="queue__facts">
        {[
          words.length === 0 ? 'all defaults' : words.join(', '),
          `asked for at ${formatClockTime(run.createdAt)}`,
          `…${id.slice(-4)}`,
        ].join(' · ')}
      </span>
    </span>
  );
}
