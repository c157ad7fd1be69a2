// SPDX-License-Identifier: Apache-2.0
import { create } from 'zustand';

/** Where the user is. */
export type Place =
  | { readonly kind: 'launcher' }
  | { readonly kind: 'settings' }
  | { readonly kind: 'library' }
  /** A comparison before it is started. */
  | { readonly kind: 'compare' }
  | { readonly kind: 'comparison'; readonly id: string }
  /** Two runs next to each other. */
  | { readonly kind: 'side-by-side'; readonly a: string; readonly b: string }
  | { readonly kind: 'run'; readonly id: string }
  | { readonly kind: 'opened'; readonly key: string };

export type RunTab = 'overview' | 'timeline' | 'experts' | 'log';

interface NavigationState {
  readonly place: Place;
  /** The tab of each ended run, once one was chosen (by the user, or by the run when it got ready). */
  readonly runTabs: Readonly<Record<string, RunTab>>;
  readonly keysShown: boolean;
  readonly infoShown: boolean;
  readonly diagnosticsShown: boolean;
  readonly linkShown: boolean;
}

export const useNavigation = create<NavigationState>(() => ({
  place: { kind: 'launcher' },
  runTabs: {},
  keysShown: false,
  infoShown: false,
  diagnosticsShown: false,
  linkShown: false,
}));

export function goTo(place: Place): void {
  useNavigation.setState({ place });
}

export function chooseRunTab(id: string, tab: RunTab): void {
  useNavigation.setState(({ runTabs }) => ({ runTabs: { ...runTabs, [id]: tab } }));
}

export function showKeys(keysShown: boolean): void {
  useNavigation.setState({ keysShown });
}

export function showInfo(infoShown: boolean): void {
  useNavigation.setState({ infoShown });
}

/** The dialog that takes a link to a view. */
export function showLinkDialog(linkShown: boolean): void {
  useNavigation.setState({ linkShown });
}

export function showDiagnostics(diagnosticsShown: boolean): void {
  useNavigation.setState({ diagnosticsShown });
}
