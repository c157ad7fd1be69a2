// SPDX-License-Identifier: Apache-2.0
import type { Finding, LaunchForm } from '#shared/contract/launch.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import type { RecipeParameter } from '#shared/contract/recipe-parameter.ts';
import { applies } from '#shared/contract/recipe-rules.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { Disclosure } from '#renderer/widgets/Disclosure.tsx';
import { NumberField } from '#renderer/widgets/NumberField.tsx';
import { Select } from '#renderer/widgets/Select.tsx';
import { Switch } from '#renderer/widgets/Switch.tsx';
import { TextField } from '#renderer/widgets/TextField.tsx';
import {
  editForm,
  editParameter,
  formOfRecipe,
  showAdvanced,
  touchField,
  useLauncher,
} from '#renderer/stores/launcher.ts';
import { askedMessages, isDefault, parameterMessages, textOf } from './model.ts';
import { groupsOf } from './groups.ts';

interface ParameterFieldsProps {
  readonly recipe: Recipe;
  readonly form: LaunchForm;
  readonly problems: ReadonlyMap<string, string>;
  readonly findings: readonly Finding[];
  /** Fields that are to be filled in and have not been touched. */
  readonly untouched: ReadonlyMap<string, string>;
}

export function ParameterFields(props: ParameterFieldsProps) {
  const { recipe, form, problems } = props;
  const shown = useLauncher((state) => state.advancedShown);
  const shownOnes = recipe.parameters.filter((parameter) => applies(recipe, form.parameters, parameter));
  const usual = shownOnes.filter((parameter) => !parameter.advanced);
  const rare = shownOnes.filter((parameter) => parameter.advanced);
  const changed = rare.filter((parameter) => !isDefault(parameter, form)).length;
  // A field that stops the run must be seen.
  const open = shown || rare.some(({ name }) => problems.has(name));
  return (
    <section className="launcher__section" aria-labelledby="launcher-workload">
      <div className="launcher__section-head">
        <h2 id="launcher-workload">Workload</h2>
        {recipe.parameters.some((parameter) => !isDefault(parameter, form)) && (
          <Button
            variant="quiet"
            onClick={() => {
              editForm({ parameters: formOfRecipe(recipe).parameters });
            }}
          >
            Use defaults
          </Button>
        )}
      </div>
      <ParameterGroups {...props} parameters={usual} />
      {rare.length > 0 && (
        <Disclosure
          title="More parameters"
          note={changed === 0 ? rare.length.toString() : `${changed} changed`}
          open={open}
          onToggle={showAdvanced}
        >
          <ParameterGroups {...props} parameters={rare} />
        </Disclosure>
      )}
    </section>
  );
}

type SomeParametersProps = ParameterFieldsProps & { readonly parameters: readonly RecipeParameter[] };

/** The recipe's groups, each under its heading; one that stands alone needs none. */
function ParameterGroups(props: SomeParametersProps) {
  const groups = groupsOf(props.parameters);
  if (groups.length === 1) return <ParameterGrid {...props} />;
  return groups.map(({ title, parameters }) => (
    <div key={title} className="launcher__group">
      {title !== '' && <h3>{title}</h3>}
      <ParameterGrid {...props} parameters={parameters} />
    </div>
  ));
}

function ParameterGrid({ parameters, form, problems, findings, untouched }: SomeParametersProps) {
  return (
    <div className="launcher__grid">
      {parameters.map((parameter) => (
        <ParameterField
          key={parameter.name}
          parameter={parameter}
          text={textOf(parameter, form)}
          messages={
            untouched.has(parameter.name) ? askedMessages : parameterMessages(parameter, problems, findings)
          }
        />
      ))}
    </div>
  );
}

interface ParameterFieldProps {
  readonly parameter: RecipeParameter;
  readonly text: string;
  readonly messages: ReturnType<typeof parameterMessages>;
}

function ParameterField({ parameter, text, messages }: ParameterFieldProps) {
  const { name, label, help, unit } = parameter;
  const onChange = (next: string): void => {
    editParameter(name, next);
  };
  if (parameter.type === 'choice') {
    return (
      <Select
        label={label}
        help={help}
        value={text}
        options={parameter.choices}
        messages={messages}
        onChange={onChange}
      />
    );
  }
  if (parameter.type === 'boolean') {
    return (
      <Switch
        label={label}
        help={help}
        checked={text === 'true'}
        messages={messages}
        onChange={(checked) => {
          onChange(checked.toString());
        }}
      />
    );
  }
  if (parameter.type === 'path' || parameter.type === 'text') {
    return (
      <TextField
        mono
        label={label}
        help={help}
        required={parameter.required}
        value={text}
        messages={messages}
        onChange={onChange}
        onLeave={() => {
          touchField(name);
        }}
      />
    );
  }
  return (
    <NumberField
      label={label}
      help={`${help} ${parameter.default === '' ? 'Empty leaves it to the program.' : `Default ${parameter.default.toString()}.`}`}
      unit={unit}
      value={text}
      min={parameter.min}
      max={parameter.max}
      whole={parameter.type === 'integer'}
      messages={messages}
      onChange={onChange}
    />
  );
}
