// SPDX-License-Identifier: Apache-2.0
import { useId } from 'react';
import type { ContainerMount } from '#shared/contract/target.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { FieldMessages, messagesId } from '#renderer/widgets/Field.tsx';
import { IconButton } from '#renderer/widgets/IconButton.tsx';
import { Switch } from '#renderer/widgets/Switch.tsx';

interface MountEditorProps {
  readonly mounts: readonly ContainerMount[];
  readonly problems: ReadonlyMap<string, string>;
  readonly onChange: (mounts: ContainerMount[]) => void;
}

/** Folders of this machine that the container sees. */
export function MountEditor({ mounts, problems, onChange }: MountEditorProps) {
  return (
    <>
      <div className="launcher__section-head">
        <span className="launcher__quiet">
          The run’s own folder is there under its own path. Mount models and data besides.
        </span>
        <Button
          variant="quiet"
          icon="plus"
          onClick={() => {
            onChange([...mounts, { source: '', target: '', readOnly: true }]);
          }}
        >
          Add mount
        </Button>
      </div>
      {mounts.map((mount, index) => (
        <MountRow
          // Rows have no identity of their own but their place.
          key={index}
          mount={mount}
          index={index}
          problems={problems}
          onChange={(changed) => {
            onChange(mounts.map((kept, place) => (place === index ? changed : kept)));
          }}
          onRemove={() => {
            onChange(mounts.filter((_, place) => place !== index));
          }}
        />
      ))}
    </>
  );
}

interface MountRowProps {
  readonly mount: ContainerMount;
  readonly index: number;
  readonly problems: ReadonlyMap<string, string>;
  readonly onChange: (mount: ContainerMount) => void;
  readonly onRemove: () => void;
}

function MountRow({ mount, index, problems, onChange, onRemove }: MountRowProps) {
  const id = useId();
  const number = (index + 1).toString();
  const problemOf = (field: 'source' | 'target'): string | undefined =>
    problems.get(`target.mounts.${index.toString()}.${field}`);
  const inputOf = (field: 'source' | 'target', label: string, placeholder: string) => (
    <input
      className="field__input field__input--mono"
      spellCheck={false}
      autoComplete="off"
      aria-label={`${label} ${number}`}
      aria-invalid={problemOf(field) !== undefined}
      aria-describedby={messagesId(id)}
      placeholder={placeholder}
      value={mount[field]}
      onChange={(event) => {
        onChange({ ...mount, [field]: event.target.value });
      }}
    />
  );
  const said = [problemOf('source'), problemOf('target')].filter((text) => text !== undefined);
  return (
    <div className="launcher__mount">
      {inputOf('source', 'Folder of mount', '/on/this/machine')}
      <span aria-hidden="true">→</span>
      {inputOf('target', 'Place in the container of mount', '/in/the/container')}
      <Switch
        label="Read only"
        checked={mount.readOnly}
        onChange={(readOnly) => {
          onChange({ ...mount, readOnly });
        }}
      />
      <IconButton icon="close" label={`Remove mount ${number}`} onClick={onRemove} />
      <div className="launcher__mount-messages">
        <FieldMessages id={id} messages={said.map((text) => ({ severity: 'error', text }))} />
      </div>
    </div>
  );
}
