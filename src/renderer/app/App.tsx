// SPDX-License-Identifier: Apache-2.0
import { CompareMenu, ComparisonView, SetupView, SideBySideView } from '#renderer/features/compare/index.tsx';
import { LauncherView } from '#renderer/features/launcher/index.tsx';
import { LibraryView, RunDialogs } from '#renderer/features/runs/index.tsx';
import { DiagnosticsDialog, InfoDialog, SettingsView } from '#renderer/features/settings/index.tsx';
import { TraceView } from '#renderer/features/trace/index.tsx';
import { useLauncher } from '#renderer/stores/launcher.ts';
import { showDiagnostics, showInfo, showKeys, useNavigation } from '#renderer/stores/navigation.ts';
import { useOpened } from '#renderer/stores/opened.ts';
import { TooltipProvider } from '#renderer/widgets/Tooltip.tsx';
import { DropTarget } from './DropTarget.tsx';
import { KeysDialog } from './KeysDialog.tsx';
import { Notices } from './Notices.tsx';
import { OpenLinkDialog } from './OpenLinkDialog.tsx';
import { Palette } from './Palette.tsx';
import { RunPage } from './RunPage.tsx';
import { SetPage } from './SetPage.tsx';
import { Sidebar } from './Sidebar.tsx';
import { TitleBar } from './TitleBar.tsx';
import { ViewBoundary } from './ViewBoundary.tsx';
import { modifierName } from './platform.ts';
import './app.css';

export function App() {
  const keysShown = useNavigation((state) => state.keysShown);
  const infoShown = useNavigation((state) => state.infoShown);
  const diagnosticsShown = useNavigation((state) => state.diagnosticsShown);
  return (
    <TooltipProvider>
      <div className="app">
        <TitleBar />
        <Sidebar />
        <main className="app__main" aria-label="View">
          <CurrentPlace />
        </main>
        <Notices />
      </div>
      <DropTarget />
      <Palette />
      <OpenLinkDialog />
      <RunDialogs />
      <KeysDialog
        open={keysShown}
        onClose={() => {
          showKeys(false);
        }}
      />
      <InfoDialog
        open={infoShown}
        onClose={() => {
          showInfo(false);
        }}
      />
      <DiagnosticsDialog
        open={diagnosticsShown}
        onClose={() => {
          showDiagnostics(false);
        }}
      />
    </TooltipProvider>
  );
}

function CurrentPlace() {
  const place = useNavigation((state) => state.place);
  const opened = useOpened((state) => state.sets);
  if (place.kind === 'run') {
    return (
      <ViewBoundary key={place.id}>
        <RunPage id={place.id} />
      </ViewBoundary>
    );
  }
  if (place.kind === 'comparison') {
    return (
      <ViewBoundary key={place.id}>
        <ComparisonView
          id={place.id}
          timelines={(set, visible) => <TraceView set={set} visible={visible} />}
        />
      </ViewBoundary>
    );
  }
  if (place.kind === 'side-by-side') {
    return (
      <ViewBoundary key={`${place.a} ${place.b}`}>
        <SideBySideView a={place.a} b={place.b} />
      </ViewBoundary>
    );
  }
  if (place.kind === 'compare') {
    return (
      <ViewBoundary key="compare">
        <SetupView />
      </ViewBoundary>
    );
  }
  if (place.kind === 'settings') {
    return (
      <ViewBoundary key="settings">
        <SettingsView />
      </ViewBoundary>
    );
  }
  const set = place.kind === 'opened' ? opened.find(({ key }) => key === place.key)?.set : undefined;
  if (set !== undefined) {
    return (
      <ViewBoundary key={set.sources.map((source) => source.sourceId).join()}>
        <SetPage set={set} />
      </ViewBoundary>
    );
  }
  if (place.kind === 'library') {
    return (
      <ViewBoundary key="library">
        <LibraryView />
      </ViewBoundary>
    );
  }
  return (
    <ViewBoundary key="launcher">
      <LauncherView modifier={modifierName} more={<LauncherCompare />} />
    </ViewBoundary>
  );
}

function LauncherCompare() {
  const form = useLauncher((state) => state.form);
  return <CompareMenu form={form} />;
}
