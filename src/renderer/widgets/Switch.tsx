// SPDX-License-Identifier: Apache-2.0
import { useId } from 'react';
import { Switch as Base } from '@base-ui/react/switch';
import { FieldMessages, messagesId, type FieldMessage } from './Field.tsx';
import { Tooltip } from './Tooltip.tsx';
import './field.css';
import './switch.css';

interface SwitchProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  /** What it does and what it costs. */
  readonly help?: string | undefined;
  /** A few words beside the label that are always shown. */
  readonly hint?: string;
  readonly messages?: readonly FieldMessage[];
}

export function Switch({ label, checked, onChange, help, hint, messages = [] }: SwitchProps) {
  const id = useId();
  const row = (
    <span className="switch__row">
      <Base.Root
        className="switch__track"
        checked={checked}
        onCheckedChange={onChange}
        aria-labelledby={`${id}-label`}
        aria-describedby={messagesId(id)}
        aria-description={help}
      >
        <Base.Thumb className="switch__thumb" />
      </Base.Root>
      <span
        id={`${id}-label`}
        className="switch__label"
        onClick={() => {
          onChange(!checked);
        }}
      >
        {label}
      </span>
      {hint !== undefined && <span className="switch__hint">{hint}</span>}
    </span>
  );
  return (
    <div className="switch" data-help={help}>
      {help === undefined ? (
        row
      ) : (
        <Tooltip content={help} align="start">
          {row}
        </Tooltip>
      )}
      <FieldMessages id={id} messages={messages} />
    </div>
  );
}
