// SPDX-License-Identifier: Apache-2.0
import { useState, type ReactNode } from 'react';
import type { ArmName } from '#shared/contract/comparison-pass.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import type { RecipeParameter } from '#shared/contract/recipe-parameter.ts';
import { classNames } from '#renderer/base/class-names.ts';
import { editArm, editDraft, type ComparisonDraft } from '#renderer/stores/comparisons.ts';
import { Disclosure } from '#renderer/widgets/Disclosure.tsx';
import { Tooltip } from '#renderer/widgets/Tooltip.tsx';
import { settingRows, type SettingRow } from '../model/draft.ts';
import { VariableRows } from './VariableRows.tsx';

const ARMS = ['a', 'b'] as const;

interface ArmsTableProps {
  readonly draft: ComparisonDraft;
  readonly recipe: Recipe;
}

/** Both forms side by side; what differs is marked. */
export function ArmsTable({ draft, recipe }: ArmsTableProps) {
  const [rareShown, showRare] = useState(false);
  // A row must not jump away under the cursor: the places are the recipe's, what differs is marked.
  const rows = settingRows(draft, recipe);
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
          {recipe.recorders['perfect-router'] !== undefined && <RouterRow draft={draft} />}
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

interface RowProps {
  readonly name: string;
  readonly help?: string;
  readonly differs: boolean;
  readonly children: (arm: ArmName) => ReactNode;
}

function Row({ name, help, differs, children }: RowProps) {
  return (
    <tr className={classNames('arms__row', differs && 'arms__row--differs')}>
      <th scope="row">
        {help === undefined ? (
          name
        ) : (
          <Tooltip content={help} align="start">
            <span>{name}</span>
          </Tooltip>
        )}
        {differs && <span className="visually-hidden"> (differs)</span>}
      </th>
      {ARMS.map((arm) => (
        <td key={arm}>{children(arm)}</td>
      ))}
    </tr>
  );
}

const ROUTER_HELP =
  'Sends tokens to experts evenly instead of where the router wants them. Outputs are wrong: it shows what balance would gain.';

function RouterRow({ draft }: { readonly draft: ComparisonDraft }) {
  return (
    <Row name="Router" help={ROUTER_HELP} differs={draft.a.form.perfectRouter !== draft.b.form.perfectRouter}>
      {(arm) => (
        <Choice
          label={`Router of ${arm.toUpperCase()}`}
          value={draft[arm].form.perfectRouter ? 'perfect' : 'learned'}
          choices={[
            { value: 'learned', label: 'learned' },
            { value: 'perfect', label: 'perfect (outputs wrong)' },
          ]}
          onChange={(value) => editArm(arm, () => ({ perfectRouter: value === 'perfect' }))}
        />
      )}
    </Row>
  );
}

function ParameterRow({ row }: { readonly row: SettingRow }) {
  const { parameter, differs } = row;
  return (
    <Row name={parameter.label} help={parameter.help} differs={differs}>
      {(arm) => <ParameterInput arm={arm} parameter={parameter} value={row[arm]} />}
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

interface TextInputProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function TextInput({ label, value, onChange }: TextInputProps) {
  return (
    <input
      className="field__input"
      aria-label={label}
      spellCheck={false}
      autoComplete="off"
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

interface ChoiceProps extends TextInputProps {
  readonly choices: readonly { readonly value: string; readonly label: string }[];
}

function Choice({ label, value, choices, onChange }: ChoiceProps) {
  return (
    <select
      className="field__input"
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      {choices.map((choice) => (
        <option key={choice.value} value={choice.value}>
          {choice.label}
        </option>
      ))}
    </select>
  );
}
