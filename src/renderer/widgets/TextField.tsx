// SPDX-License-Identifier: Apache-2.0
import { useId, type InputHTMLAttributes } from 'react';
import { classNames } from '#renderer/base/class-names.ts';
import { Field, messagesId, type FieldMessage } from './Field.tsx';

export interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly help?: string | undefined;
  readonly unit?: string | undefined;
  readonly messages?: readonly FieldMessage[];
  readonly placeholder?: string;
  readonly mono?: boolean;
  readonly inputMode?: InputHTMLAttributes<HTMLInputElement>['inputMode'];
}

export function TextField(props: TextFieldProps) {
  const id = useId();
  const { label, value, onChange, help, unit, messages = [], placeholder, mono = false, inputMode } = props;
  return (
    <Field id={id} label={label} help={help} unit={unit} messages={messages}>
      <input
        id={id}
        className={classNames('field__input', mono && 'field__input--mono')}
        type="text"
        value={value}
        placeholder={placeholder}
        inputMode={inputMode}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={messages.some((message) => message.severity === 'error')}
        aria-describedby={messagesId(id)}
        aria-description={help}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      />
    </Field>
  );
}
