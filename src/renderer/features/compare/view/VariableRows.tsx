// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { classNames } from '#renderer/base/class-names.ts';
import { editArm, type ComparisonDraft } from '#renderer/stores/comparisons.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { variableRows, withVariable, type VariableRow } from '../model/draft.ts';

/** Variables of both arms: a value that is left empty in one arm is not set there. */
export function VariableRows({ draft }: { readonly draft: ComparisonDraft }) {
  return (
    <>
      {variableRows(draft).map((row) => (
        <Variable key={row.name} row={row} />
      ))}
      <NewVariable />
    </>
  );
}

function Variable({ row }: { readonly row: VariableRow }) {
  return (
    <tr className={classNames('arms__row', row.a !== row.b && 'arms__row--differs')}>
      <th scope="row" className="mono">
        {row.name}
      </th>
      {(['a', 'b'] as const).map((arm) => (
        <td key={arm}>
          <input
            className="field__input field__input--mono"
            aria-label={`${row.name} of ${arm.toUpperCase()}`}
            placeholder="not set"
            spellCheck={false}
            value={row[arm] ?? ''}
            onChange={({ target: { value } }) =>
              editArm(arm, (form) => withVariable(form, row.name, value === '' ? null : value))
            }
          />
        </td>
      ))}
    </tr>
  );
}

function NewVariable() {
  const [name, setName] = useState('');
  const add = (): void => {
    const wanted = name.trim();
    if (wanted === '') return;
    editArm('b', (form) => withVariable(form, wanted, '1'));
    setName('');
  };
  return (
    <tr className="arms__row">
      <th scope="row">
        <input
          className="field__input field__input--mono"
          aria-label="Name of a variable to add"
          placeholder="VARIABLE"
          spellCheck={false}
          value={name}
          onChange={(event) => setName(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') add();
          }}
        />
      </th>
      <td colSpan={2}>
        <Button variant="quiet" icon="plus" disabled={name.trim() === ''} onClick={add}>
          Add variable to B
        </Button>
      </td>
    </tr>
  );
}
