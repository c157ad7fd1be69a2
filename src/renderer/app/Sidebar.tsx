// SPDX-License-Identifier: Apache-2.0
import { ComparisonList } from '#renderer/features/compare/index.tsx';
import { RunList } from '#renderer/features/runs/index.tsx';
import { goTo, useNavigation } from '#renderer/stores/navigation.ts';
import { useOpened, type OpenedSet } from '#renderer/stores/opened.ts';
import { Icon } from '#renderer/widgets/Icon.tsx';
import { IconButton } from '#renderer/widgets/IconButton.tsx';
import { Kbd } from '#renderer/widgets/Kbd.tsx';
import { closeSet } from './commands.ts';
import { keysHere } from './platform.ts';

export function Sidebar() {
  const place = useNavigation((state) => state.place);
  const opened = useOpened((state) => state.sets);
  return (
    <nav className="sidebar" aria-label="Runs and files">
      <button
        type="button"
        className="sidebar__new"
        aria-current={place.kind === 'launcher' ? 'page' : undefined}
        onClick={() => {
          goTo({ kind: 'launcher' });
        }}
      >
        <Icon name="plus" />
        <span>New run</span>
        <Kbd keys={keysHere('Mod+N')} />
      </button>
      <button
        type="button"
        className="sidebar__new sidebar__library"
        aria-current={place.kind === 'library' ? 'page' : undefined}
        onClick={() => {
          goTo({ kind: 'library' });
        }}
      >
        <Icon name="library" />
        <span>Library</span>
        <Kbd keys={keysHere('Mod+L')} />
      </button>
      <div className="sidebar__scroll">
        <ComparisonList />
        <h2 className="sidebar__heading">Recent runs</h2>
        <RunList />
        {opened.length > 0 && (
          <>
            <h2 className="sidebar__heading">Opened files</h2>
            <ul className="sidebar__opened" aria-label="Opened files">
              {opened.map((entry) => (
                <OpenedItem
                  key={entry.key}
                  entry={entry}
                  current={place.kind === 'opened' && place.key === entry.key}
                />
              ))}
            </ul>
          </>
        )}
      </div>
    </nav>
  );
}

function OpenedItem({ entry, current }: { readonly entry: OpenedSet; readonly current: boolean }) {
  const { key, set } = entry;
  return (
    <li className="opened-item">
      <button
        type="button"
        className="opened-item__button"
        aria-current={current ? 'page' : undefined}
        title={set.sources.map((source) => source.path).join('\n')}
        onClick={() => {
          goTo({ kind: 'opened', key });
        }}
      >
        <Icon name="trace" />
        <span className="opened-item__title">{set.title}</span>
      </button>
      <IconButton
        icon="close"
        label={`Close ${set.title}`}
        small
        onClick={() => {
          closeSet(key);
        }}
      />
    </li>
  );
}
