// SPDX-License-Identifier: Apache-2.0
import { useEffect, useMemo, useState } from 'react';
import type { ComparisonPlan, ComparisonRequest } from '#shared/contract/comparison.ts';
import { editDraft, useComparisons, type ComparisonDraft } from '#renderer/stores/comparisons.ts';
import { useLauncher } from '#renderer/stores/launcher.ts';
import { goTo } from '#renderer/stores/navigation.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { EmptyState } from '#renderer/widgets/EmptyState.tsx';
import { NumberField } from '#renderer/widgets/NumberField.tsx';
import { Switch } from '#renderer/widgets/Switch.tsx';
import { TextField } from '#renderer/widgets/TextField.tsx';
import { askPlan, startComparison } from '../actions.ts';
import {
  type ArmRecipes,
  blocksProblem,
  canProfile,
  FEWEST_BLOCKS,
  MOST_BLOCKS,
  MOST_SEED,
  requestOf,
  seedProblem,
} from '../model/draft.ts';
import { ArmsTable } from './ArmsTable.tsx';
import { PlanPanel } from './PlanPanel.tsx';

/** Typing settles for this long before main is asked. */
const PLAN_DELAY_MS = 150;

/** A comparison before it is started: two arms, what differs, and what would run. */
export function SetupView() {
  const draft = useComparisons((state) => state.draft);
  const all = useLauncher((state) => state.recipes);
  const [idA, idB] = [draft?.a.form.recipeId, draft?.b.form.recipeId];
  const recipes = useMemo(() => {
    const [a, b] = [all?.find(({ id }) => id === idA), all?.find(({ id }) => id === idB)];
    return a === undefined || b === undefined ? null : { a, b };
  }, [all, idA, idB]);
  if (draft === null || recipes === null) {
    return (
      <EmptyState
        title="Nothing to compare yet"
        actions={<Button onClick={() => goTo({ kind: 'launcher' })}>New run</Button>}
      >
        A comparison begins with a configuration: from the launcher or from a run, press “Compare with perfect
        router” or “A/B…”.
      </EmptyState>
    );
  }
  return <Setup draft={draft} recipes={recipes} />;
}

interface Planned {
  readonly of: ComparisonRequest;
  readonly plan: ComparisonPlan | null;
}

/** What main says of the request; null until it has said it of this one. */
function usePlan(request: ComparisonRequest | null): ComparisonPlan | null {
  const [planned, setPlanned] = useState<Planned | null>(null);
  useEffect(() => {
    if (request === null) return undefined;
    let current = true;
    const timer = setTimeout(() => {
      void askPlan(request).then((plan) => {
        if (current) setPlanned({ of: request, plan });
      });
    }, PLAN_DELAY_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [request]);
  return planned !== null && planned.of === request ? planned.plan : null;
}

/** Why it cannot be started, in a sentence; null when it can. */
function blockerOf(request: ComparisonRequest | null, plan: ComparisonPlan | null): string | null {
  if (request === null) return 'A field cannot be used as it is.';
  if (plan === null) return 'Checking both arms…';
  const error = plan.findings.find(({ severity }) => severity === 'error');
  return error === undefined
    ? null
    : `${error.arm === 'a' ? request.a.label : request.b.label}: ${error.message}`;
}

interface SetupProps {
  readonly draft: ComparisonDraft;
  readonly recipes: ArmRecipes;
}

function Setup({ draft, recipes }: SetupProps) {
  const [starting, setStarting] = useState(false);
  const request = useMemo(() => requestOf(draft, recipes), [draft, recipes]);
  const plan = usePlan(request);
  const blocker = starting ? 'Starting…' : blockerOf(request, plan);
  const start = async (): Promise<void> => {
    if (request === null || blocker !== null) return;
    setStarting(true);
    await startComparison(request);
    setStarting(false);
  };
  return (
    <div className="compare-setup">
      <header className="compare__head">
        <h1 className="compare__title">New comparison</h1>
        <p id="compare-blocker" className="compare__blocker" role="status">
          {blocker}
        </p>
        <Button
          variant="primary"
          icon="play"
          aria-disabled={blocker !== null}
          aria-describedby="compare-blocker"
          onClick={() => void start()}
        >
          Start comparison
        </Button>
      </header>
      <div className="compare-setup__body">
        <form
          className="compare-setup__form"
          aria-label="Comparison settings"
          onSubmit={(event) => event.preventDefault()}
        >
          <Plan draft={draft} recipes={recipes} />
          <ArmsTable draft={draft} recipes={recipes} />
        </form>
        <PlanPanel draft={draft} plan={plan} />
      </div>
    </div>
  );
}

const BLOCKS_HELP =
  'A block is one timing pass of each arm, in random order. Every pass loads the program anew. More blocks find smaller effects.';
const SEED_HELP = 'Decides which arm goes first in each block.';
const EARLY_HELP =
  'Looks at the result up to two times before the end, and stops when it has an answer. Each look costs some of the 5 % error probability, so the interval is wider.';
const PROFILE_HELP =
  'After the timing passes one profiled pass of each arm: it explains where the difference comes from, and is never timed.';

function Plan({ draft, recipes }: SetupProps) {
  const { title, blocks, seed, early, profile } = draft;
  const problem = (text: string | null) => (text === null ? [] : [{ severity: 'error' as const, text }]);
  return (
    <section className="compare-setup__plan" aria-label="Plan">
      <TextField label="Title" value={title} onChange={(next) => editDraft({ title: next.slice(0, 200) })} />
      <NumberField
        label="Blocks"
        help={BLOCKS_HELP}
        value={blocks}
        whole
        min={FEWEST_BLOCKS}
        max={MOST_BLOCKS}
        messages={problem(blocksProblem(blocks))}
        onChange={(next) => editDraft({ blocks: next })}
      />
      <NumberField
        label="Seed of the order"
        help={SEED_HELP}
        value={seed}
        whole
        min={0}
        max={MOST_SEED}
        messages={problem(seedProblem(seed))}
        onChange={(next) => editDraft({ seed: next })}
      />
      <div className="compare-setup__switches">
        <Switch
          label="Look early"
          hint="may stop sooner"
          help={EARLY_HELP}
          checked={early}
          onChange={(next) => editDraft({ early: next })}
        />
        {canProfile(recipes) && (
          <Switch
            label="Profile both arms at the end"
            hint="explains the difference"
            help={PROFILE_HELP}
            checked={profile}
            onChange={(next) => editDraft({ profile: next })}
          />
        )}
      </div>
    </section>
  );
}
