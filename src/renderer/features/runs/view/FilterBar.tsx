// SPDX-License-Identifier: Apache-2.0
import type { Ref } from 'react';
import type { RunSummary } from '#shared/contract/run.ts';
import { runStates, stateWord } from '#renderer/stores/run-state.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { Kbd } from '#renderer/widgets/Kbd.tsx';
import { changeFilter, clearFilter, useLibrary } from '../model/library-store.ts';
import { ALL, isFiltered, recipesOf, tagsOf, type RunFilter } from '../model/rows.ts';

interface FilterBarProps {
  readonly runs: readonly RunSummary[];
  readonly inputRef: Ref<HTMLInputElement>;
  /** The user has typed and wants to go on in the table. */
  readonly onDone: () => void;
}

/** Which runs are shown: by words over everything that a row says, by state, recipe and tag. */
export function FilterBar({ runs, inputRef, onDone }: FilterBarProps) {
  const filter = useLibrary((state) => state.filter);
  return (
    <div className="library__filters" role="search" aria-label="Filter of runs">
      <span className="library__search">
        <input
          ref={inputRef}
          className="field__input"
          type="text"
          aria-label="Filter"
          placeholder="Words in any column, notes or ids"
          spellCheck={false}
          autoComplete="off"
          value={filter.text}
          onChange={(event) => {
            changeFilter({ text: event.target.value });
          }}
          onKeyDown={(event) => {
            if (event.key === 'Escape') changeFilter({ text: '' });
            if (event.key !== 'Escape' && event.key !== 'Enter' && event.key !== 'ArrowDown') return;
            event.preventDefault();
            event.stopPropagation();
            onDone();
          }}
        />
        {filter.text === '' && <Kbd keys="/" />}
      </span>
      <FilterChoices runs={runs} filter={filter} />
      {isFiltered(filter) && (
        <Button variant="quiet" icon="close" onClick={clearFilter}>
          Clear
        </Button>
      )}
    </div>
  );
}

function FilterChoices({
  runs,
  filter,
}: {
  readonly runs: readonly RunSummary[];
  readonly filter: RunFilter;
}) {
  const states = runStates.filter((state) => runs.some((run) => run.state === state));
  return (
    <>
      <Choice
        label="State"
        all="Any state"
        none="all"
        value={filter.state}
        options={states.map((state) => [state, stateWord(state)])}
        onChange={(value) => {
          changeFilter({ state: runStates.find((state) => state === value) ?? 'all' });
        }}
      />
      <Choice
        label="Recipe"
        all="Any recipe"
        none={ALL}
        value={filter.recipe}
        options={recipesOf(runs)}
        onChange={(recipe) => {
          changeFilter({ recipe });
        }}
      />
      <Choice
        label="Tag"
        all="Any tag"
        none={ALL}
        value={filter.tag}
        options={tagsOf(runs).map((tag) => [tag, tag])}
        onChange={(tag) => {
          changeFilter({ tag });
        }}
      />
    </>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly all: string;
  /** The value that restricts nothing. */
  readonly none: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly onChange: (value: string) => void;
}

function Choice({ label, all, none, value, options, onChange }: ChoiceProps) {
  return (
    <select
      className="field__input library__choice"
      aria-label={label}
      value={value}
      onChange={(event) => {
        onChange(event.target.value);
      }}
    >
      <option value={none}>{all}</option>
      {options.map(([option, text]) => (
        <option key={option} value={option}>
          {text}
        </option>
      ))}
    </select>
  );
}
