// SPDX-License-Identifier: Apache-2.0

export const isMac = navigator.userAgent.includes('Macintosh');

/** The modifier's name on this keyboard. */
export const modifierName = isMac ? 'Cmd' : 'Ctrl';

/** Names keys for this keyboard: `Mod+O` becomes `Ctrl+O`. */
export const keysHere = (keys: string): string => keys.replaceAll('Mod', modifierName);
