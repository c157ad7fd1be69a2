// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SettingsService } from '#main/services/settings.ts';
import { temporaryFolder } from '../../builders/folder.ts';

const folder = temporaryFolder();

describe('settings', () => {
  test('are defaults until set, and then what was set', async () => {
    const config = join(folder(), 'config');
    const service = new SettingsService(config);
    expect(await service.get()).toEqual({ version: 1, theme: 'system' });
    await service.set({ version: 1, theme: 'dark' });
    expect(await new SettingsService(config).get()).toEqual({ version: 1, theme: 'dark' });
  });

  test.each(['{', '{"version": 1, "theme": "neon"}'])(
    'a damaged file is set aside, not lost: %s',
    async (text) => {
      const config = folder();
      mkdirSync(config, { recursive: true });
      writeFileSync(join(config, 'settings.json'), text);
      expect(await new SettingsService(config).get()).toEqual({ version: 1, theme: 'system' });
      expect(existsSync(join(config, 'settings.json.damaged'))).toBe(true);
    },
  );
});
