// SPDX-License-Identifier: Apache-2.0
import { useId } from 'react';
import type { Finding, LaunchForm } from '#shared/contract/launch.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { FieldMessages, messagesId } from '#renderer/widgets/Field.tsx';
import { IconButton } from '#renderer/widgets/IconButton.tsx';
import { editForm, useLauncher } from '#renderer/stores/launcher.ts';
import { FlagSearch } from './FlagSearch.tsx';
import { findingsOf } from './model.ts';
import { flagHint } from './passes.ts';

type Entries = LaunchForm['extraEnvironment'];

interface EnvironmentEditorProps {
  readonly entries: Entries;
  readonly findings: readonly Finding[];
  /** In a container, which inherits nothing. */
  readonly contained: boolean;
}

const ENVIRONMENT_HELP =
  'Variables that the program gets in addition to those of Iterscope and of your session.';

/** Name and value of each variable that the user adds. */
export function EnvironmentEditor({ entries, findings, contained }: EnvironmentEditorProps) {
  const id = useId();
  const flags = useLauncher((state) => state.flags);
  const set = (extraEnvironment: Entries): void => {
    editForm({ extraEnvironment });
  };
  return (
    <section className="launcher__section" aria-labelledby={id} data-help={ENVIRONMENT_HELP}>
      <div className="launcher__section-head">
        <h2 id={id}>Environment</h2>
        <Button
          variant="quiet"
          icon="plus"
          onClick={() => {
            set([...entries, { name: '', value: '' }]);
          }}
        >
          Add variable
        </Button>
      </div>
      <FlagSearch
        added={entries.map(({ name }) => name)}
        onAdd={(name) => {
          set([
            ...entries,
            { name, value: flags.find((flag) => flag.name === name)?.type === 'boolean' ? '1' : '' },
          ]);
        }}
      />
      {entries.length === 0 && (
        <p className="launcher__quiet">
          {contained
            ? 'The container gets the image’s own variables and those of this form; yours are not handed on.'
            : 'Nothing is added to your environment.'}
        </p>
      )}
      {entries.map((entry, index) => (
        <EnvironmentRow
          // Rows have no identity of their own but their place.
          key={index}
          entry={entry}
          number={index + 1}
          flagList={`${id}-flags`}
          hint={flagHint(flags, entry.name)}
          describedBy={messagesId(id)}
          onChange={(changed) => {
            set(entries.map((kept, place) => (place === index ? changed : kept)));
          }}
          onRemove={() => {
            set(entries.filter((_, place) => place !== index));
          }}
        />
      ))}
      <datalist id={`${id}-flags`}>
        {flags
          .filter(({ kind }) => kind === 'variable')
          .map(({ name, effect }) => (
            <option key={name} value={name} label={effect} />
          ))}
      </datalist>
      <FieldMessages id={id} messages={findingsOf(findings, 'extraEnvironment')} />
    </section>
  );
}

interface EnvironmentRowProps {
  readonly entry: Entries[number];
  readonly number: number;
  readonly flagList: string;
  /** What is known of the variable. */
  readonly hint: string | null;
  readonly describedBy: string;
  readonly onChange: (entry: Entries[number]) => void;
  readonly onRemove: () => void;
}

function EnvironmentRow(props: EnvironmentRowProps) {
  const { entry, number, flagList, hint, describedBy, onChange, onRemove } = props;
  const shared = {
    className: 'field__input field__input--mono',
    spellCheck: false,
    autoComplete: 'off',
    'aria-describedby': describedBy,
  };
  return (
    <div className="launcher__variable">
      <input
        {...shared}
        aria-label={`Name of variable ${number}`}
        placeholder="NAME"
        list={flagList}
        value={entry.name}
        onChange={(event) => {
          onChange({ ...entry, name: event.target.value });
        }}
      />
      <span aria-hidden="true">=</span>
      <input
        {...shared}
        aria-label={`Value of variable ${number}`}
        placeholder="value"
        value={entry.value}
        onChange={(event) => {
          onChange({ ...entry, value: event.target.value });
        }}
      />
      <IconButton icon="close" label={`Remove variable ${number}`} onClick={onRemove} />
      {hint !== null && <p className="launcher__hint">{hint}</p>}
    </div>
  );
}
