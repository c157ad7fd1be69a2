// SPDX-License-Identifier: Apache-2.0
import { useId } from 'react';
import { Field, messagesId } from './Field.tsx';

interface TextAreaProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly rows: number;
  readonly maxLength: number;
  readonly help?: string;
}

/** Text of several lines. */
export function TextArea({ label, value, onChange, rows, maxLength, help }: TextAreaProps) {
  const id = useId();
  return (
    <Field id={id} label={label} help={help}>
      <textarea
        id={id}
        className="field__input field__input--area"
        value={value}
        rows={rows}
        maxLength={maxLength}
        aria-describedby={messagesId(id)}
        aria-description={help}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      />
    </Field>
  );
}
