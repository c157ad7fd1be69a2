// SPDX-License-Identifier: Apache-2.0
import { useId, type ReactNode } from 'react';
import type { ArmName } from '#shared/contract/comparison-pass.ts';
import { classNames } from '#renderer/base/class-names.ts';
import { FieldMessages, messagesId } from '#renderer/widgets/Field.tsx';
import { Tooltip } from '#renderer/widgets/Tooltip.tsx';

/** A row of the table of both arms, and what its cells hold. */

const ARMS = ['a', 'b'] as const;

interface RowProps {
  readonly name: string;
  readonly help?: string;
  readonly differs: boolean;
  readonly children: (arm: ArmName) => ReactNode;
}

export function Row({ name, help, differs, children }: RowProps) {
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

interface TextInputProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Why it cannot be used as it is. */
  readonly problem?: string | undefined;
}

export function TextInput({ label, value, onChange, problem }: TextInputProps) {
  const id = useId();
  return (
    <>
      <input
        className="field__input"
        aria-invalid={problem !== undefined}
        aria-describedby={messagesId(id)}
        aria-label={label}
        spellCheck={false}
        autoComplete="off"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <FieldMessages id={id} messages={problem === undefined ? [] : [{ severity: 'error', text: problem }]} />
    </>
  );
}

interface ChoiceProps extends TextInputProps {
  readonly choices: readonly { readonly value: string; readonly label: string }[];
}

export function Choice({ label, value, choices, onChange }: ChoiceProps) {
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
