// SPDX-License-Identifier: Apache-2.0
import { Segmented } from '#renderer/widgets/Segmented.tsx';
import { useOffer } from '#renderer/stores/offers.ts';
import { useSettings } from '#renderer/stores/settings.ts';
import { changeSetting } from './actions.ts';

const THEMES = [
  { value: 'system', label: 'Theme of the system', icon: 'screen' },
  { value: 'light', label: 'Light theme', icon: 'sun' },
  { value: 'dark', label: 'Dark theme', icon: 'moon' },
] as const;

export function ThemeSwitch() {
  useOffer(() =>
    THEMES.map(({ value: theme, label }) => ({
      id: `theme ${theme}`,
      group: 'Appearance',
      title: label,
      perform: () => void changeSetting({ theme }),
    })),
  );
  const value = useSettings((state) => state.settings.theme);
  return (
    <Segmented
      label="Theme"
      value={value}
      segments={THEMES}
      onChange={(theme) => void changeSetting({ theme })}
    />
  );
}
