// SPDX-License-Identifier: Apache-2.0
import { classNames } from '#renderer/base/class-names.ts';
import type { OfferedCommand } from '#renderer/stores/offers.ts';
import { Kbd } from '#renderer/widgets/Kbd.tsx';
import { keysHere } from './platform.ts';

export const PALETTE_LIST = 'palette-list';
export const optionId = (at: number): string => `palette-option-${at}`;

interface PaletteListProps {
  readonly commands: readonly OfferedCommand[];
  readonly at: number;
  /** Ids of what was used lately. */
  readonly recent: readonly string[];
  readonly onAt: (at: number) => void;
  readonly onChoose: (command: OfferedCommand) => void;
}

/** What was found. The focus stays in the field, which names the active option. */
export function PaletteList({ commands, at, recent, onAt, onChoose }: PaletteListProps) {
  return (
    <div id={PALETTE_LIST} className="palette__list" role="listbox" aria-label="Commands">
      {commands.map((command, index) => (
        <div
          key={command.id}
          id={optionId(index)}
          className={classNames('palette__option', index === at && 'palette__option--active')}
          role="option"
          aria-selected={index === at}
          onPointerMove={() => {
            if (index !== at) onAt(index);
          }}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onChoose(command)}
        >
          <span className="palette__title">{command.title}</span>
          {recent.includes(command.id) && <span className="palette__recent">used lately</span>}
          <span className="palette__group">{command.group}</span>
          <span className="palette__keys">
            {command.keys !== undefined && <Kbd keys={keysHere(command.keys)} />}
          </span>
        </div>
      ))}
    </div>
  );
}
