// SPDX-License-Identifier: Apache-2.0
import { useId } from 'react';
import { Field, messagesId, type FieldMessage } from './Field.tsx';

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
  readonly help?: string | undefined;
  readonly messages?: readonly FieldMessage[];
}

/** The system's own list: it is known by hand, by keyboard and by every screen reader. */
export function Select({ label, value, options, onChange, help, messages = [] }: SelectProps) {
  const id = useId();
  return (
    <Field id={id} label={label} help={help} messages={messages}>
      <select
        id={id}
        className="field__input"
        value={value}
        aria-describedby={messagesId(id)}
        aria-description={help}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Field>
  );
}
