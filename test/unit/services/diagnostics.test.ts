// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import yauzl from 'yauzl';
import { toFailure } from '#shared/base/errors.ts';
import type { AppInfo } from '#shared/contract/app.ts';
import { nodePlatform } from '#main/platform/node-platform.ts';
import { AppLog } from '#main/services/app-log.ts';
import { DiagnosticsService } from '#main/services/diagnostics.ts';
import { Library } from '#main/services/library.ts';
import { SettingsService } from '#main/services/settings.ts';
import { temporaryFolder } from '../../builders/folder.ts';
import { makeManifest } from '../../builders/run.ts';

const folder = temporaryFolder();
const SECRET = 'hunter2-hunter2';

const info: AppInfo = {
  version: '0.1.0',
  electron: '33.2.1',
  chrome: '130',
  node: '20',
  native: '0.1.0',
  storeFormat: '2',
  platform: 'linux x64',
  os: 'Linux',
  folders: { data: '/d', cache: '/c', config: '/e', logs: '/l' },
};

async function makeDiagnostics(): Promise<{ service: DiagnosticsService; home: string }> {
  const home = folder();
  const platform = nodePlatform({
    environment: { ITERSCOPE_HOME: home },
    assetsFolder: home,
    nativeFolder: home,
  });
  const library = new Library(platform);
  const log = new AppLog(join(home, 'logs'), [SECRET]);
  log.write('info', 'started', { said: SECRET });
  const manifest = makeManifest({
    // As a form of an older version might have kept it: nothing that is packed may rely on what packed it.
    environment: [{ name: 'NOTE', value: `MY_API_KEY=${SECRET}` }],
  });
  mkdirSync(library.folderOf(manifest.id), { recursive: true });
  await library.write(manifest);
  const settings = new SettingsService(platform.configFolder);
  return { service: new DiagnosticsService({ log, library, settings, secrets: [SECRET] }), home };
}

async function contentOf(path: string): Promise<Map<string, string>> {
  const zip = await yauzl.openPromise(path);
  const files = new Map<string, string>();
  for await (const entry of zip.eachEntry()) {
    files.set(entry.fileName, await text(await zip.openReadStreamPromise(entry)));
  }
  return files;
}

describe('a diagnostic archive', () => {
  test('holds exactly what was listed, and no secret', async () => {
    const { service, home } = await makeDiagnostics();
    const { ticket, entries } = await service.prepare(info);
    expect(entries.map(({ name }) => name)).toEqual([
      'about.json',
      'settings.json',
      'logs/iterscope.log',
      'runs/20260102T030405Z-engine-0a1b.json',
    ]);
    expect(entries.every(({ what }) => what !== '')).toBe(true);
    const path = join(home, 'diagnostics.zip');
    await service.save(ticket, path);
    const files = await contentOf(path);
    expect([...files].map(([name, content]) => [name, Buffer.byteLength(content)])).toEqual(
      entries.map(({ name, bytes }) => [name, bytes]),
    );
    expect([...files.values()].join('')).not.toContain(SECRET);
    expect(JSON.parse(files.get('about.json') ?? '')).toEqual(info);
    expect(JSON.parse(files.get('runs/20260102T030405Z-engine-0a1b.json') ?? '')).toMatchObject({
      title: 'Engine, learned router',
    });
  });

  test('is not saved from an older list', async () => {
    const { service, home } = await makeDiagnostics();
    const { ticket } = await service.prepare(info);
    await service.prepare(info);
    const path = join(home, 'diagnostics.zip');
    const failure = await service.save(ticket, path).catch(toFailure);
    expect(failure).toMatchObject({ code: 'diagnostics.stale' });
    expect(existsSync(path)).toBe(false);
  });

  test('that cannot be written leaves nothing behind', async () => {
    const { service, home } = await makeDiagnostics();
    const { ticket } = await service.prepare(info);
    const path = join(home, 'missing', 'diagnostics.zip');
    expect(await service.save(ticket, path).catch(toFailure)).toMatchObject({
      code: 'diagnostics.unwritable',
      path,
    });
    expect(readdirSync(dirname(dirname(path)))).not.toContain('missing');
  });
});
