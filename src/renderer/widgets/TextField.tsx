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
  /** Messages that stand elsewhere: whether they are errors, and the element that says them. */
  readonly invalid?: boolean;
  readonly describedBy?: string;
  /** It may not stay empty. */
  readonly required?: boolean | undefined;
  /** The user has left it. */
  readonly onLeave?: () => void;
  readonly inputMode?: InputHTMLAttributes<HTMLInputElement>['inputMode'];
}

export function TextField(props: TextFieldProps) {
  const id = useId();
  const { label, value, onChange, help, unit, messages = [], placeholder, mono = false, inputMode } = props;
  const { required, onLeave } = props;
  const { invalid = messages.some((message) => message.severity === 'error'), describedBy } = props;
  return (
    <Field id={id} label={label} help={help} messages={messages}>
      <span className="field__box">
        <input
          id={id}
          className={classNames('field__input', mono && 'field__input--mono')}
          type="text"
          value={value}
          placeholder={placeholder}
          inputMode={inputMode}
          spellCheck={false}
          autoComplete="off"
          aria-invalid={invalid}
          aria-required={required}
          onBlur={onLeave}
          aria-describedby={describedBy ?? messagesId(id)}
          aria-description={help}
          onChange={(event) => {
            onChange(event.target.value);
          }}
        />
        {unit !== undefined && <span className="field__unit">{unit}</span>}
      </span>
    </Field>
  );
}
