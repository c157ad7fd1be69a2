// SPDX-License-Identifier: Apache-2.0

/** Keys of the whole window. Views have their own; a field that is being edited keeps its keys. */
export type Command =
  | { readonly kind: 'new-run' }
  | { readonly kind: 'open' }
  | { readonly kind: 'library' }
  | { readonly kind: 'launch' }
  | { readonly kind: 'show-run'; readonly place: number }
  | { readonly kind: 'cancel-run' }
  | { readonly kind: 'settings' }
  | { readonly kind: 'keys' }
  | { readonly kind: 'palette' }
  | { readonly kind: 'dismiss' };

export interface KeyStroke {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  /** The focus is where text is typed. */
  readonly typing: boolean;
}

/** What a key stroke asks of the window; null when nothing. */
export function commandOf(stroke: KeyStroke, isMac: boolean): Command | null {
  const { key, altKey, shiftKey, typing } = stroke;
  const modifier = isMac ? stroke.metaKey && !stroke.ctrlKey : stroke.ctrlKey && !stroke.metaKey;
  if (altKey) return null;
  if (modifier && !shiftKey) {
    if (/^[1-9]$/.test(key)) return { kind: 'show-run', place: Number(key) - 1 };
    if (key === 'Enter') return { kind: 'launch' };
    if (key.toLowerCase() === 'n') return { kind: 'new-run' };
    if (key.toLowerCase() === 'o') return { kind: 'open' };
    if (key.toLowerCase() === 'k') return { kind: 'palette' };
    if (key === '.') return { kind: 'cancel-run' };
    if (key === ',') return { kind: 'settings' };
    if (key.toLowerCase() === 'l') return { kind: 'library' };
    return null;
  }
  if (stroke.ctrlKey || stroke.metaKey) return null;
  if (key === '?' && !typing) return { kind: 'keys' };
  if (key === 'Escape') return { kind: 'dismiss' };
  return null;
}

/** A command of the window that the palette offers and the help lists. */
export interface WindowCommand {
  readonly command: Exclude<Command, { kind: 'show-run' | 'dismiss' | 'palette' }>;
  /** As the help names them; `Mod` stands for Ctrl, or Cmd on a Mac. */
  readonly keys: string;
  readonly title: string;
}

export const windowCommands: readonly WindowCommand[] = [
  { command: { kind: 'new-run' }, keys: 'Mod+N', title: 'New run' },
  { command: { kind: 'launch' }, keys: 'Mod+Enter', title: 'Run what the launcher shows' },
  { command: { kind: 'open' }, keys: 'Mod+O', title: 'Open traces or expert statistics' },
  { command: { kind: 'library' }, keys: 'Mod+L', title: 'Library of all runs' },
  { command: { kind: 'cancel-run' }, keys: 'Mod+.', title: 'Cancel the run that is shown' },
  { command: { kind: 'settings' }, keys: 'Mod+,', title: 'Settings' },
  { command: { kind: 'keys' }, keys: '?', title: 'Show all keys' },
];

/** The keys as the help names them; `Mod` stands for Ctrl, or Cmd on a Mac. */
export const windowKeys: readonly (readonly [keys: string, meaning: string])[] = [
  ['Mod+K', 'Find a command, a run or opened files'],
  ...windowCommands.map(({ keys, title }) => [keys, title] as const),
  ['Mod+1 … Mod+9', 'Show a run of the list'],
  ['Escape', 'Close a dialog, dismiss the newest notice'],
];

export const libraryKeys: readonly (readonly [keys: string, meaning: string])[] = [
  ['↑ ↓', 'Move between runs; also Page Up and Down, Home, End'],
  ['Enter', 'Open the run'],
  ['Space', 'Select the run; with Shift, all up to it'],
  ['Mod+A', 'Select all that are shown'],
  ['/', 'Filter'],
  ['F2', 'Rename; also tags and notes'],
  ['Delete', 'Move to the trash'],
  ['Mod+Z', 'Undo the last deletion'],
];

export const logKeys: readonly (readonly [keys: string, meaning: string])[] = [
  ['Mod+F', 'Search the whole log'],
  ['Enter, Shift+Enter', 'Next and previous line that holds it'],
  ['Home, End', 'First line; last line, and follow'],
  ['Mod+C', 'Copy what is selected'],
];
