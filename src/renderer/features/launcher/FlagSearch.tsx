// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from 'react';
import type { Flag } from '#shared/contract/flags.ts';
import { plural } from '#renderer/base/format.ts';
import { useLauncher } from '#renderer/stores/launcher.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { TextField } from '#renderer/widgets/TextField.tsx';
import { searchFlags } from './flags.ts';

/** As many as can be looked through; more words narrow it down. */
const SHOWN = 8;
const SEARCH_HELP =
  'Searches all variables and profiler options that are known, by name and by what they do, cost or clash with.';

interface FlagSearchProps {
  /** Names that the form holds already. */
  readonly added: readonly string[];
  readonly onAdd: (name: string) => void;
}

/** Finds a flag by what it does; a variable that no switch of the form sets can be added from here. */
export function FlagSearch({ added, onAdd }: FlagSearchProps) {
  const flags = useLauncher((state) => state.flags);
  const [text, setText] = useState('');
  const found = useMemo(() => searchFlags(flags, text), [flags, text]);
  const more = found.length - SHOWN;
  return (
    <div className="launcher__flags" role="search" aria-label="Flags">
      <TextField
        label="Find a flag"
        value={text}
        placeholder="a name, or what it does: warm-up, nvtx, trace…"
        help={SEARCH_HELP}
        onChange={setText}
      />
      <p className="launcher__quiet" role="status">
        {text.trim() === ''
          ? ''
          : found.length === 0
            ? 'No flag of the catalogue has these words.'
            : plural(found.length, 'flag')}
      </p>
      {found.length > 0 && (
        <ul className="launcher__found" aria-label="Flags found">
          {found.slice(0, SHOWN).map((flag) => (
            <FoundFlag
              key={`${flag.kind} ${flag.name}`}
              flag={flag}
              isAdded={added.includes(flag.name)}
              onAdd={onAdd}
            />
          ))}
          {more > 0 && <li className="launcher__quiet">and {more} more: add a word to narrow it down</li>}
        </ul>
      )}
    </div>
  );
}

interface FoundFlagProps {
  readonly flag: Flag;
  readonly isAdded: boolean;
  readonly onAdd: (name: string) => void;
}

function FoundFlag({ flag, isAdded, onAdd }: FoundFlagProps) {
  const canAdd = flag.kind === 'variable' && flag.setBy === undefined && !isAdded;
  const eras = flag.eras === undefined ? '' : `, from era ${flag.eras[0] ?? ''} on`;
  return (
    <li>
      <span className="mono selectable">{flag.name}</span>
      <span className="launcher__quiet">
        {flag.of}
        {eras}
      </span>
      {canAdd ? (
        <Button
          variant="quiet"
          icon="plus"
          aria-label={`Add ${flag.name}`}
          onClick={() => {
            onAdd(flag.name);
          }}
        >
          Add
        </Button>
      ) : (
        <span className="launcher__quiet">{placeOf(flag, isAdded)}</span>
      )}
      <p>{[flag.effect, flag.cost ?? ''].filter((part) => part !== '').join(' ')}</p>
    </li>
  );
}

function placeOf({ setBy, of }: Flag, isAdded: boolean): string {
  if (isAdded) return 'added below';
  return setBy === undefined ? `an option of ${of}` : `set by ${setBy}`;
}
