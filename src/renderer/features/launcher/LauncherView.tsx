// SPDX-License-Identifier: Apache-2.0
import { useEffect, useMemo, useRef, type ReactNode } from 'react';
import type { Finding, LaunchForm } from '#shared/contract/launch.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { EmptyState } from '#renderer/widgets/EmptyState.tsx';
import { Select } from '#renderer/widgets/Select.tsx';
import { formOfRecipe, setForm, useLauncher } from '#renderer/stores/launcher.ts';
import { launch, refreshCheck, refreshPreview, refreshRecipes } from './actions.ts';
import { blockerOf, missingOf, problemsOf, untouchedOf } from './model.ts';
import { CaptureSection } from './CaptureSection.tsx';
import { CommandPanel } from './CommandPanel.tsx';
import { EnvironmentEditor } from './EnvironmentEditor.tsx';
import { HelpLine } from './HelpLine.tsx';
import { PasteCommand } from './PasteCommand.tsx';
import { TargetSection } from './TargetSection.tsx';
import { ParameterFields } from './ParameterFields.tsx';
import './launcher.css';

/** Typing settles for this long before main is asked. */
const PREVIEW_DELAY_MS = 100;
/** Programs and files are looked for less eagerly. */
const CHECK_DELAY_MS = 400;
/** The recipe that runs a program of the user's own. */
const FREE_COMMAND = 'command';
const noFindings: readonly Finding[] = [];

interface LauncherViewProps {
  readonly modifier: string;
  /** What else can be done with the form. */
  readonly more: ReactNode;
}

/** The launcher: the form on the left, what it means (findings, command line) on the right. */
export function LauncherView({ modifier, more }: LauncherViewProps) {
  const recipes = useLauncher((state) => state.recipes);
  const form = useLauncher((state) => state.form);
  useEffect(() => {
    const refresh = (): void => void refreshRecipes();
    refresh();
    addEventListener('focus', refresh);
    return () => {
      removeEventListener('focus', refresh);
    };
  }, []);
  const recipe = recipes?.find((known) => known.id === form?.recipeId);
  if (recipes === null) return <div className="launcher" aria-busy="true" />;
  if (recipe === undefined || form === null) return <NoRecipe recipes={recipes} />;
  return <LauncherForm recipes={recipes} recipe={recipe} form={form} modifier={modifier} more={more} />;
}

function NoRecipe({ recipes }: { readonly recipes: readonly Recipe[] }) {
  const [first] = recipes;
  return (
    <EmptyState
      title={first === undefined ? 'There is no recipe to run' : 'This form’s recipe is not there any more'}
      actions={
        first !== undefined && (
          <Button
            onClick={() => {
              setForm(formOfRecipe(first));
            }}
          >
            Start from “{first.title}”
          </Button>
        )
      }
    >
      A recipe says what can be run, with which parameters. Iterscope ships its own; if none is listed, its
      installation is incomplete: install it again. Traces can be opened all the same.
    </EmptyState>
  );
}

interface LauncherFormProps extends LauncherViewProps {
  readonly recipes: readonly Recipe[];
  readonly recipe: Recipe;
  readonly form: LaunchForm;
}

/** What is known of the form: what is wrong with it, what main and the machine say, and why it cannot be run. */
function useFormState(recipe: Recipe, form: LaunchForm) {
  const preview = useLauncher((state) => state.preview?.value ?? null);
  const starting = useLauncher((state) => state.starting);
  const problems = useMemo(() => problemsOf(recipe, form), [recipe, form]);
  const missing = useMemo(() => missingOf(recipe, form), [recipe, form]);
  const touched = useLauncher((state) => state.touched);
  const attempts = useLauncher((state) => state.attempts);
  const checked = useLauncher((state) => state.check);
  // What the machine said of another recipe is no news of this one.
  const check = checked?.of.recipeId === recipe.id ? checked.value : null;
  const found = check?.findings ?? noFindings;
  const unread = useLauncher((state) => state.recipeProblems);
  const findings = useMemo(
    () => [...(preview?.findings ?? noFindings), ...found, ...unread],
    [preview, found, unread],
  );
  const lacking = found.find(({ severity }) => severity === 'error')?.message ?? null;
  const blocker = blockerOf(recipe, problems, preview, starting, missing) ?? lacking;
  const untouched = untouchedOf(missing, touched, attempts);
  return { preview, problems, untouched, attempts, check, findings, blocker };
}

/** Asks main and the machine about the form, once typing has settled. */
function useQuestions(recipe: Recipe, form: LaunchForm): void {
  useEffect(() => {
    const timer = setTimeout(() => void refreshPreview(recipe, form), PREVIEW_DELAY_MS);
    const later = setTimeout(() => void refreshCheck(recipe, form), CHECK_DELAY_MS);
    return () => {
      clearTimeout(timer);
      clearTimeout(later);
    };
  }, [recipe, form]);
}

function LauncherForm({ recipes, recipe, form, modifier, more }: LauncherFormProps) {
  const { preview, problems, untouched, attempts, check, findings, blocker } = useFormState(recipe, form);
  const formElement = useRef<HTMLFormElement>(null);
  useQuestions(recipe, form);
  // Run was pressed in vain: the first field in the way is where the user goes on.
  useEffect(() => {
    if (attempts > 0) formElement.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [attempts]);

  return (
    <div className="launcher">
      <header className="launcher__head">
        <h1 className="launcher__title">New run</h1>
        <p id="launcher-blocker" className="launcher__blocker" role="status">
          {blocker}
        </p>
        {more}
        <Button
          variant="primary"
          icon="play"
          shortcut={`${modifier}+Enter`}
          aria-disabled={blocker !== null}
          aria-describedby="launcher-blocker"
          onClick={() => void launch()}
        >
          Run
        </Button>
      </header>
      <div className="launcher__body">
        <form
          ref={formElement}
          className="launcher__form"
          aria-label="Run settings"
          onSubmit={(event) => {
            event.preventDefault();
          }}
        >
          <RecipeChoice recipes={recipes} recipe={recipe} target={form.target} />
          <TargetSection target={form.target} problems={problems} untouched={untouched} />
          <CaptureSection
            recipe={recipe}
            form={form}
            spans={preview?.spans ?? []}
            findings={findings}
            checked={preview !== null}
          />
          <ParameterFields
            recipe={recipe}
            form={form}
            problems={problems}
            findings={findings}
            untouched={untouched}
          />
          <EnvironmentEditor
            entries={form.extraEnvironment}
            findings={findings}
            contained={form.target?.kind === 'container'}
          />
        </form>
        <CommandPanel
          preview={preview}
          problems={problems}
          untouched={untouched}
          recipe={recipe}
          findings={findings}
          facts={check?.facts ?? []}
        />
      </div>
      <HelpLine />
    </div>
  );
}

interface RecipeChoiceProps {
  readonly recipes: readonly Recipe[];
  readonly recipe: Recipe;
  /** Stays as it is when another recipe is chosen. */
  readonly target: LaunchForm['target'];
}

function RecipeChoice({ recipes, recipe, target }: RecipeChoiceProps) {
  const free = recipes.find(({ id }) => id === FREE_COMMAND);
  return (
    <section className="launcher__section launcher__recipe" aria-label="Recipe">
      <Select
        label="Recipe"
        value={recipe.id}
        options={recipes.map((known) => ({ value: known.id, label: known.title }))}
        help="What is run: a program with its parameters and what it leaves behind."
        onChange={(id) => {
          const chosen = recipes.find((known) => known.id === id);
          if (chosen !== undefined) setForm({ ...formOfRecipe(chosen), target });
        }}
      />
      <p className="launcher__summary">{recipe.summary}</p>
      {free !== undefined && (
        <div>
          <PasteCommand recipe={free} />
        </div>
      )}
    </section>
  );
}
