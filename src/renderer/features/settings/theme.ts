// SPDX-License-Identifier: Apache-2.0
import type { Theme } from '#shared/contract/settings.ts';
import { useSettings } from '#renderer/stores/settings.ts';

/** The theme that is shown: the system's where the user follows it. */
export function shownTheme(theme: Theme, systemIsDark: boolean): 'light' | 'dark' {
  if (theme !== 'system') return theme;
  return systemIsDark ? 'dark' : 'light';
}

/** Keeps `data-theme` of the page true to settings and system; returns the function that ends it. */
export function applyTheme(): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const apply = (): void => {
    document.documentElement.dataset.theme = shownTheme(
      useSettings.getState().settings.theme,
      system.matches,
    );
  };
  apply();
  system.addEventListener('change', apply);
  const unsubscribe = useSettings.subscribe(apply);
  return () => {
    system.removeEventListener('change', apply);
    unsubscribe();
  };
}
