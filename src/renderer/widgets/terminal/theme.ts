// SPDX-License-Identifier: Apache-2.0
import type { ITheme } from '@xterm/xterm';

/** The terminal's colours, from the same tokens as everything else: a program's red is the application's. */

/** Token of each of the sixteen colours that programs name; `white` is text, not white, in the light theme. */
const colours = {
  background: '--surface',
  foreground: '--text',
  cursor: '--surface',
  black: '--border-strong',
  red: '--bad',
  green: '--good',
  yellow: '--warning',
  blue: '--accent',
  magenta: '--kind-attention',
  cyan: '--kind-norm',
  white: '--text-muted',
  brightBlack: '--text-faint',
  brightRed: '--bad',
  brightGreen: '--good',
  brightYellow: '--warning',
  brightBlue: '--accent',
  brightMagenta: '--kind-attention',
  brightCyan: '--kind-norm',
  brightWhite: '--text',
  selectionBackground: '--accent-soft',
  selectionInactiveBackground: '--accent-soft',
  scrollbarSliderBackground: '--border',
  scrollbarSliderHoverBackground: '--border-strong',
  scrollbarSliderActiveBackground: '--border-strong',
} as const;

export interface TerminalTheme {
  readonly theme: ITheme;
  readonly fontFamily: string;
  /** Behind what a search found. */
  readonly match: string;
  readonly activeMatch: string;
}

export function readTerminalTheme(element: Element): TerminalTheme {
  const style = getComputedStyle(element);
  const value = (name: string): string => style.getPropertyValue(name).trim();
  return {
    theme: Object.fromEntries(Object.entries(colours).map(([key, name]) => [key, value(name)])),
    fontFamily: value('--font-mono'),
    match: value('--warning-soft'),
    activeMatch: value('--accent-strong'),
  };
}
