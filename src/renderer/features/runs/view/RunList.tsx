// SPDX-License-Identifier: Apache-2.0
import { formatCount } from '#shared/base/units.ts';
import type { RunSummary } from '#shared/contract/run.ts';
import { differences } from '#renderer/base/form-differences.ts';
import { formatInstant, formatWhen } from '#renderer/base/format.ts';
import { SideItem } from '#renderer/widgets/SideItem.tsx';
import { useLauncher } from '#renderer/stores/launcher.ts';
import { goTo, useNavigation } from '#renderer/stores/navigation.ts';
import { isEnded, stateTone, stateWord } from '#renderer/stores/run-state.ts';
import { useRuns } from '#renderer/stores/runs.ts';
import { keyText, titleParts } from '../model/run-texts.ts';
import './run-list.css';

/** More than anyone scrolls through in a narrow list; the library has them all. */
const MOST_RUNS = 50;

/** The newest runs. */
export function RunList() {
  const summaries = useRuns((state) => state.summaries);
  const current = useNavigation((state) => (state.place.kind === 'run' ? state.place.id : null));
  if (summaries === null) return <p className="run-list__empty">Reading runs…</p>;
  if (summaries.length === 0) {
    return (
      <p className="run-list__empty">No run yet. What you run is kept here, with everything it wrote.</p>
    );
  }
  const now = new Date();
  const more = summaries.length - MOST_RUNS;
  return (
    <>
      <ul className="run-list" aria-label="Runs">
        {summaries.slice(0, MOST_RUNS).map((run) => (
          <li key={run.id}>
            <RunItem run={run} current={run.id === current} now={now} />
          </li>
        ))}
      </ul>
      {more > 0 && <p className="run-list__empty">{formatCount(more)} older runs are in the library.</p>}
    </>
  );
}

interface RunItemProps {
  readonly run: RunSummary;
  readonly current: boolean;
  readonly now: Date;
}

function RunItem({ run, current, now }: RunItemProps) {
  const progress = useRuns((state) => state.live[run.id]?.progress ?? null);
  const recipeOf = useLauncher((state) => state.recipes?.find(({ id }) => id === run.form.recipeId));
  const [recipe, rest] = titleParts(run);
  const words = differences(run, recipeOf);
  const what = `${run.title} – ${stateWord(run.state)}, ${formatInstant(run.createdAt)}`;
  return (
    <SideItem
      tone={stateTone(run.state)}
      pulsing={!isEnded(run.state) && run.state !== 'queued'}
      state={stateWord(run.state)}
      title={
        <>
          <span className="visually-hidden">{recipe}</span>
          {rest}
        </>
      }
      when={formatWhen(run.createdAt, now)}
      fact={keyText(run, progress)}
      hint={words.length === 0 ? what : `${what}: ${words.join(', ')}`}
      current={current}
      onClick={() => {
        goTo({ kind: 'run', id: run.id });
      }}
    />
  );
}
