// SPDX-License-Identifier: Apache-2.0
import { Segmented } from '#renderer/widgets/Segmented.tsx';
import { useSettings } from '#renderer/stores/settings.ts';
import { changeSetting } from './actions.ts';

export function ThemeSwitch() {
  const value = useSettings((state) => state.settings.theme);
  return (
    <Segmented
      label="Theme"
      value={value}
      segments={[
        { value: 'system', label: 'Theme of the system', icon: 'screen' },
        { value: 'light', label: 'Light theme', icon: 'sun' },
        { value: 'dark', label: 'Dark theme', icon: 'moon' },
      ]}
      onChange={(theme) => void changeSetting({ theme })}
    />
  );
}
