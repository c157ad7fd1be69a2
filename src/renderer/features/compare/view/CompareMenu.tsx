// SPDX-License-Identifier: Apache-2.0
import type { LaunchForm } from '#shared/contract/launch.ts';
import { hasPerfectRouter } from '#renderer/stores/comparisons.ts';
import { useLauncher } from '#renderer/stores/launcher.ts';
import { useOffer } from '#renderer/stores/offers.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { Tooltip } from '#renderer/widgets/Tooltip.tsx';
import { planComparison, planPerfectRouter } from '../actions.ts';

const ROUTER_HELP =
  'What does routing imbalance cost? Plans runs with the learned and with a perfect router in turns, and tells the difference with its uncertainty.';
const ROUTER_TITLE = 'Compare with perfect router';
const CHANGE_HELP = 'Plans a comparison of this configuration with one that you change.';

/** From a configuration to a comparison: one click to its plan. */
export function CompareMenu({ form }: { readonly form: LaunchForm | null }) {
  const recipe = useLauncher((state) => state.recipes?.find(({ id }) => id === form?.recipeId));
  useOffer(() => {
    if (form === null || recipe === undefined) return [];
    const change = {
      id: 'compare change',
      group: 'Compare',
      title: 'A/B: compare with a changed configuration',
    };
    const router = { id: 'compare router', group: 'Compare', title: ROUTER_TITLE };
    return [
      ...(hasPerfectRouter(recipe) ? [{ ...router, perform: () => planPerfectRouter(form) }] : []),
      { ...change, perform: () => planComparison(form, form) },
    ];
  });
  if (form === null || recipe === undefined) return null;
  return (
    <>
      {hasPerfectRouter(recipe) && (
        <Tooltip content={ROUTER_HELP}>
          <Button icon="compare" aria-description={ROUTER_HELP} onClick={() => planPerfectRouter(form)}>
            {ROUTER_TITLE}
          </Button>
        </Tooltip>
      )}
      <Tooltip content={CHANGE_HELP}>
        <Button variant="quiet" aria-description={CHANGE_HELP} onClick={() => planComparison(form, form)}>
          A/B…
        </Button>
      </Tooltip>
    </>
  );
}
