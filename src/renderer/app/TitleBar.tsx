// SPDX-License-Identifier: Apache-2.0
import { ThemeSwitch } from '#renderer/features/settings/index.tsx';
import { goTo, showInfo, showKeys } from '#renderer/stores/navigation.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { IconButton } from '#renderer/widgets/IconButton.tsx';
import { openByDialog, perform } from './commands.ts';
import { keysHere } from './platform.ts';

export function TitleBar() {
  return (
    <header className="title-bar">
      <span className="title-bar__name">
        <Mark />
        Iterscope
      </span>
      <Button variant="quiet" icon="open" shortcut={keysHere('Mod+O')} onClick={() => void openByDialog()}>
        Open…
      </Button>
      <Button
        variant="quiet"
        icon="search"
        shortcut={keysHere('Mod+K')}
        onClick={() => perform({ kind: 'palette' })}
      >
        Commands
      </Button>
      <span className="title-bar__space" />
      <ThemeSwitch />
      <IconButton
        icon="gear"
        label="Settings"
        shortcut={keysHere('Mod+,')}
        onClick={() => {
          goTo({ kind: 'settings' });
        }}
      />
      <IconButton
        icon="help"
        label="Keys"
        shortcut="?"
        onClick={() => {
          showKeys(true);
        }}
      />
      <IconButton
        icon="info"
        label="About Iterscope"
        onClick={() => {
          showInfo(true);
        }}
      />
    </header>
  );
}

/** The application's mark: iterations on a timeline, one of them in the window. */
function Mark() {
  return (
    <svg className="title-bar__mark" viewBox="0 0 16 16" aria-hidden="true">
      <path className="title-bar__mark-rest" d="M1 6h2v4H1zM13 6h2v4h-2z" />
      <path className="title-bar__mark-window" d="M5 3h6v10H5z" />
    </svg>
  );
}
