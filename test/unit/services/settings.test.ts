// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultSettings } from '#shared/contract/default-settings.ts';
import { toFailure } from '#shared/base/errors.ts';
import { SettingsService } from '#main/services/settings.ts';
import { temporaryFolder } from '../../builders/folder.ts';

const folder = temporaryFolder();

/** A config folder that holds one of the fixtures. */
function configWith(fixture: string): string {
  const config = folder();
  copyFileSync(resolve('test/fixtures/settings', fixture), join(config, 'settings.json'));
  return config;
}

const onDisk = (config: string): string => readFileSync(join(config, 'settings.json'), 'utf8');

describe('settings', () => {
  test('are defaults until set, and then what was set', async () => {
    const config = join(folder(), 'config');
    const service = new SettingsService(config);
    expect(await service.get()).toEqual({ settings: defaultSettings, problem: null, writable: true });
    const chosen = { ...defaultSettings, theme: 'dark', telemetryHz: 10 } as const;
    await service.set(chosen);
    expect((await service.get()).settings).toEqual(chosen);
    expect((await new SettingsService(config).get()).settings).toEqual(chosen);
  });

  test('of version 1 keep what they say and get the defaults of what is new', async () => {
    const config = configWith('v1.json');
    const before = onDisk(config);
    const { settings, problem } = await new SettingsService(config).get();
    expect(settings).toEqual({ ...defaultSettings, theme: 'light' });
    expect(problem).toBeNull();
    // Reading changes nothing; the file is brought up to date with the first change.
    expect(onDisk(config)).toBe(before);
    const service = new SettingsService(config);
    await service.set({ ...(await service.get()).settings, notifications: false });
    expect(JSON.parse(onDisk(config))).toEqual({ ...defaultSettings, theme: 'light', notifications: false });
  });

  test('of version 2 are read as they are', async () => {
    const { settings } = await new SettingsService(configWith('v2.json')).get();
    expect(settings).toEqual({
      version: 2,
      theme: 'dark',
      era: 'e2',
      telemetryHz: 5,
      notifications: false,
      cacheLimitGib: 50,
    });
  });

  test('of a newer Iterscope are left alone, said, and not written over', async () => {
    const config = configWith('newer.json');
    const before = onDisk(config);
    const service = new SettingsService(config);
    const { settings, problem, writable } = await service.get();
    expect(settings).toEqual(defaultSettings);
    expect(problem).toContain('newer Iterscope (settings version 99)');
    expect(writable).toBe(false);
    const refused: unknown = await service.set(defaultSettings).catch((thrown: unknown) => thrown);
    expect(toFailure(refused).code).toBe('settings.newer');
    expect(onDisk(config)).toBe(before);
  });

  test('that are damaged are kept aside, every time, and said', async () => {
    const config = configWith('damaged.txt');
    const damaged = onDisk(config);
    const { settings, problem, writable } = await new SettingsService(config).get();
    expect({ settings, writable }).toEqual({ settings: defaultSettings, writable: true });
    expect(problem).toContain('settings.json.damaged');
    expect(readFileSync(join(config, 'settings.json.damaged'), 'utf8')).toBe(damaged);

    writeFileSync(join(config, 'settings.json'), '{"version": 2, "theme": "neon"}');
    expect((await new SettingsService(config).get()).problem).toContain('settings.json.damaged-2');
    expect(readFileSync(join(config, 'settings.json.damaged'), 'utf8')).toBe(damaged);
    expect(existsSync(join(config, 'settings.json'))).toBe(false);
  });
});
