// SPDX-License-Identifier: Apache-2.0
import type { RefObject } from 'react';
import type { SearchPattern } from '#renderer/data/trace-session.ts';

/** What is searched for, how it is read, and where. */

interface PatternFieldsProps {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly pattern: SearchPattern;
  readonly bad: boolean;
  readonly onPattern: (pattern: SearchPattern) => void;
  readonly inArguments: boolean;
  readonly onArguments: (inArguments: boolean) => void;
}

const ARGUMENTS_HELP =
  'Search the arguments instead: the text of each slice’s arguments, as the file has it. Reads the files once more.';

export function PatternFields(props: PatternFieldsProps) {
  const { field, pattern, bad, onPattern, inArguments, onArguments } = props;
  const { text, matchCase, isExpression } = pattern;
  const label = inArguments ? 'Search arguments' : 'Search names and kinds';
  return (
    <>
      <input
        ref={field}
        className="field__input search-bar__field"
        type="text"
        aria-label={label}
        aria-invalid={bad}
        placeholder={label}
        value={text}
        maxLength={10_000}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onPattern({ ...pattern, text: event.target.value })}
      />
      <button
        type="button"
        className="search-bar__option"
        aria-label="Match case"
        title="Match case"
        aria-pressed={matchCase}
        onClick={() => onPattern({ ...pattern, matchCase: !matchCase })}
      >
        Aa
      </button>
      <button
        type="button"
        className="search-bar__option"
        aria-label="Regular expression"
        title="Regular expression"
        aria-pressed={isExpression}
        onClick={() => onPattern({ ...pattern, isExpression: !isExpression })}
      >
        .*
      </button>
      <button
        type="button"
        className="search-bar__option"
        aria-label="Search arguments"
        title={ARGUMENTS_HELP}
        aria-description={ARGUMENTS_HELP}
        aria-pressed={inArguments}
        onClick={() => onArguments(!inArguments)}
      >
        {'{ }'}
      </button>
    </>
  );
}
