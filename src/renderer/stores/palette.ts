// SPDX-License-Identifier: Apache-2.0
import { create } from 'zustand';

interface PaletteState {
  readonly shown: boolean;
  /** Ids of commands, the one used last first. */
  readonly recent: readonly string[];
}

const MAX_RECENT = 8;

export const usePalette = create<PaletteState>(() => ({ shown: false, recent: [] }));

export function showPalette(shown: boolean): void {
  usePalette.setState({ shown });
}

export function rememberCommand(id: string): void {
  usePalette.setState(({ recent }) => ({
    recent: [id, ...recent.filter((known) => known !== id)].slice(0, MAX_RECENT),
  }));
}
