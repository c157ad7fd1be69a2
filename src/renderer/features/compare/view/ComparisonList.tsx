// SPDX-License-Identifier: Apache-2.0
import type { Comparison } from '#shared/contract/comparison.ts';
import { formatInstant, formatWhen } from '#renderer/base/format.ts';
import { useComparisons } from '#renderer/stores/comparisons.ts';
import { goTo, useNavigation } from '#renderer/stores/navigation.ts';
import { SideItem } from '#renderer/widgets/SideItem.tsx';
import { comparisonTone, comparisonWord } from '../model/texts.ts';

const MOST_SHOWN = 20;

/** The newest comparisons; nothing where there is none. */
export function ComparisonList() {
  const list = useComparisons((state) => state.list);
  const current = useNavigation((state) => (state.place.kind === 'comparison' ? state.place.id : null));
  if (list === null || list.length === 0) return null;
  const now = new Date();
  return (
    <>
      <h2 className="sidebar__heading">Comparisons</h2>
      <ul className="comparison-list" aria-label="Comparisons">
        {list.slice(0, MOST_SHOWN).map((comparison) => (
          <li key={comparison.id}>
            <ComparisonItem comparison={comparison} current={comparison.id === current} now={now} />
          </li>
        ))}
      </ul>
    </>
  );
}

interface ComparisonItemProps {
  readonly comparison: Comparison;
  readonly current: boolean;
  readonly now: Date;
}

function ComparisonItem({ comparison, current, now }: ComparisonItemProps) {
  const { id, title, state, createdAt, passes, plan } = comparison;
  return (
    <SideItem
      tone={comparisonTone(state)}
      pulsing={state === 'running'}
      state={comparisonWord(state)}
      title={title}
      when={formatWhen(createdAt, now)}
      fact={`${passes.length} of ${plan.length} passes`}
      hint={`${title} – ${comparisonWord(state)}, ${formatInstant(createdAt)}`}
      current={current}
      onClick={() => goTo({ kind: 'comparison', id })}
    />
  );
}
