// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import type { ArmName } from '#shared/contract/comparison-pass.ts';
import type { RecipeParameter } from '#shared/contract/recipe-parameter.ts';
import {
  changeArmRecipe,
  editArm,
  editDraft,
  hasPerfectRouter,
  type ComparisonDraft,
} from '#renderer/stores/comparisons.ts';
import { useLauncher } from '#renderer/stores/launcher.ts';
import { Disclosure } from '#renderer/widgets/Disclosure.tsx';
import { settingRows, type ArmRecipes, type SettingRow } from '../model/draft.ts';
import { Choice, Row, TextInput } from './ArmRow.tsx';
import { TargetRows } from './TargetRows.tsx';
import { VariableRows } from './VariableRows.tsx';

interface ArmsTableProps {
  readonly draft: ComparisonDraft;
  readonly recipes: ArmRecipes;
}

/** Both forms side by side; what differs is marked. */
export function ArmsTable({ draft, recipes }: ArmsTableProps) {
  const [rareShown, showRare] = useState(false);
  // A row must not jump away under the cursor: the places are the recipe's, what differs is marked.
  const rows = settingRows(draft, recipes);
  const usual = rows.filter(({ parameter }) => !parameter.advanced);
  const rare = rows.filter(({ parameter }) => parameter.advanced);
  const open = rareShown || rare.some(({ differs }) => differs);
  return (
    <section aria-labelledby="compare-arms">
      <h2 id="compare-arms">Arms</h2>
      <table className="arms" aria-label="Settings of both arms">
        <thead>
          <tr>
            <th scope="col">Setting</th>
            <th scope="col">A</th>
            <th scope="col">B</th>
          </tr>
        </thead>
        <tbody>
          <Row name="Label" help="How the arm is called in the answer and in reports." differs={false}>
            {(arm) => (
              <TextInput
                label={`Label of ${arm.toUpperCase()}`}
                value={draft[arm].label}
                onChange={(label) => editDraft({ [arm]: { ...draft[arm], label: label.slice(0, 120) } })}
              />
            )}
          </Row>
          <RecipeRow recipes={recipes} />
          <TargetRows draft={draft} />
          <RouterRow draft={draft} recipes={recipes} />
          {usual.map((row) => (
            <ParameterRow key={row.parameter.name} row={row} />
          ))}
          <VariableRows draft={draft} />
        </tbody>
      </table>
      {rare.length > 0 && (
        <Disclosure title="More parameters" note={rare.length} open={open} onToggle={showRare}>
          <table className="arms" aria-label="More settings of both arms">
            <tbody>
              {rare.map((row) => (
                <ParameterRow key={row.parameter.name} row={row} />
              ))}
            </tbody>
          </table>
        </Disclosure>
      )}
    </section>
  );
}

const ROUTER_HELP =
  'Sends tokens to experts evenly instead of where the router wants them. Outputs are wrong: it shows what balance would gain.';

function RouterRow({ draft, recipes }: ArmsTableProps) {
  if (!hasPerfectRouter(recipes.a) && !hasPerfectRouter(recipes.b)) return null;
  return (
    <Row name="Router" help={ROUTER_HELP} differs={draft.a.form.perfectRouter !== draft.b.form.perfectRouter}>
      {(arm) => (
        <Choice
          label={`Router of ${arm.toUpperCase()}`}
          value={draft[arm].form.perfectRouter ? 'perfect' : 'learned'}
          choices={[
            { value: 'learned', label: 'learned' },
            ...(hasPerfectRouter(recipes[arm])
              ? [{ value: 'perfect', label: 'perfect (outputs wrong)' }]
              : []),
          ]}
          onChange={(value) => editArm(arm, () => ({ perfectRouter: value === 'perfect' }))}
        />
      )}
    </Row>
  );
}

const RECIPE_HELP =
  'What the arm runs. Of another recipe, parameters of the same name keep their values; compared is what both report under one name.';

function RecipeRow({ recipes }: { readonly recipes: ArmRecipes }) {
  const all = useLauncher((state) => state.recipes) ?? [];
  return (
    <Row name="Recipe" help={RECIPE_HELP} differs={recipes.a.id !== recipes.b.id}>
      {(arm) => (
        <Choice
          label={`Recipe of ${arm.toUpperCase()}`}
          value={recipes[arm].id}
          choices={all.map(({ id, title }) => ({ value: id, label: title }))}
          onChange={(id) => {
            const chosen = all.find((recipe) => recipe.id === id);
            if (chosen !== undefined) changeArmRecipe(arm, chosen);
          }}
        />
      )}
    </Row>
  );
}

function ParameterRow({ row }: { readonly row: SettingRow }) {
  const { parameter, differs } = row;
  return (
    <Row name={parameter.label} help={parameter.help} differs={differs}>
      {(arm) => {
        const setting = row[arm];
        if (setting === null) return <span className="compare__quiet">not used</span>;
        return <ParameterInput arm={arm} {...setting} />;
      }}
    </Row>
  );
}

interface ParameterInputProps {
  readonly arm: ArmName;
  readonly parameter: RecipeParameter;
  readonly value: string;
}

function ParameterInput({ arm, parameter, value }: ParameterInputProps) {
  const label = `${parameter.label} of ${arm.toUpperCase()}`;
  const onChange = (next: string): void => editArmParameter(arm, parameter.name, next);
  if (parameter.type === 'choice')
    return <Choice label={label} value={value} choices={parameter.choices} onChange={onChange} />;
  if (parameter.type === 'boolean') {
    const choices = [
      { value: 'false', label: 'off' },
      { value: 'true', label: 'on' },
    ];
    return <Choice label={label} value={value} choices={choices} onChange={onChange} />;
  }
  return <TextInput label={label} value={value} onChange={onChange} />;
}

function editArmParameter(arm: ArmName, name: string, value: string): void {
  editArm(arm, (form) => ({ parameters: { ...form.parameters, [name]: value } }));
}
