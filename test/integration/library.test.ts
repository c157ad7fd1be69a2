// SPDX-License-Identifier: Apache-2.0
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import yauzl from 'yauzl';
import { toFailure } from '#shared/base/errors.ts';
import type { RunManifest } from '#shared/contract/run.ts';
import type { TelemetryHead } from '#shared/contract/telemetry.ts';
import { headLine, sampleLine } from '#main/services/telemetry-file.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { makeManifest } from '../builders/run.ts';
import { makeServices, runToEnd, smallForm, until, type TestServices } from '../builders/services.ts';

const folder = temporaryFolder();
const open: TestServices[] = [];

function services(home = folder(), environment: Record<string, string> = {}): TestServices {
  const made = makeServices(home, environment);
  open.push(made);
  return made;
}

afterEach(async () => {
  for (const made of open.splice(0)) {
    await made.runs.close();
    made.shelf.close();
    made.engine.close();
  }
});

/** A run that ended, as it lies on disk. */
async function shelved(app: TestServices, changes: Partial<RunManifest> & { id: string }): Promise<string> {
  mkdirSync(app.library.artifactsOf(changes.id), { recursive: true });
  await app.library.write(makeManifest(changes));
  return changes.id;
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    (thrown: unknown) => toFailure(thrown).code,
  );

describe('the words of a user', () => {
  test('are kept with the run, survive its end, and are in every list', async () => {
    const app = services();
    const { id } = await app.runs.start(await smallForm(app));
    const said = await app.shelf.annotate(id, {
      title: 'Night run',
      tags: ['a', 'b', 'a'],
      notes: 'line\nline',
    });
    expect(said).toMatchObject({ title: 'Night run', tags: ['a', 'b'], notes: 'line\nline' });
    const run = await app.runs.finished(id);
    expect(run.state).toBe('ready');
    expect(run.title).toBe('Embedded MoE engine, learned router');
    expect(app.changes.at(-1)).toMatchObject({ state: 'ready', title: 'Night run', tags: ['a', 'b'] });

    const next = services(app.platform.dataFolder.replace(/\/data$/, ''));
    expect((await next.runs.list())[0]).toMatchObject({ id, title: 'Night run', notes: 'line\nline' });
    await next.shelf.annotate(id, { title: null });
    expect((await next.runs.list())[0]).toMatchObject({ title: run.title, tags: ['a', 'b'] });
  });

  test('the median of iteration times is that of the log', async () => {
    const app = services();
    const run = await runToEnd(app, await smallForm(app));
    const steps = (await app.runs.iterationLines(run.id))
      .map(({ hostStepMs }) => hostStepMs)
      .sort((a, b) => a - b);
    expect(run.iterationTimes).toEqual({
      count: steps.length,
      medianMs:
        ((steps[Math.floor((steps.length - 1) / 2)] ?? 0) + (steps[Math.floor(steps.length / 2)] ?? 0)) / 2,
    });
  });
});

describe('deleting', () => {
  test('is undone by restoring, and the bytes are the same', async () => {
    const app = services();
    const id = await shelved(app, { id: 'a-run-of-mine' });
    writeFileSync(join(app.library.artifactsOf(id), 'trace.json'), '{}');
    const before = readFileSync(join(app.library.folderOf(id), 'manifest.json'), 'utf8');
    expect(await app.shelf.delete([id])).toEqual({ done: [id], refused: [] });
    expect(await app.runs.list()).toEqual([]);
    expect(app.lists.at(-1)).toEqual([]);
    expect((await app.shelf.diskUse()).trash).toMatchObject({ runs: 1 });
    expect(await app.shelf.restore([id])).toEqual({ done: [id], refused: [] });
    expect((await app.runs.list()).map((run) => run.id)).toEqual([id]);
    expect(readFileSync(join(app.library.folderOf(id), 'manifest.json'), 'utf8')).toBe(before);
    expect(readFileSync(join(app.library.artifactsOf(id), 'trace.json'), 'utf8')).toBe('{}');
  });

  test('refuses what lives here or elsewhere, and does the rest', async () => {
    const app = services();
    const old = await shelved(app, { id: 'an-old-run' });
    const form = await smallForm(app, { parameters: { iterations: 100_000, requests: 1_000_000 } });
    const going = await app.runs.start(form);
    const waiting = await app.runs.start(form);
    const { done, refused } = await app.shelf.delete([going.id, waiting.id, old, 'never-was']);
    expect(done).toEqual([old]);
    expect(refused.map(({ message }) => message)).toEqual([
      expect.stringMatching(/has not ended .* cannot be deleted: cancel it first/),
      expect.stringMatching(/has not ended \(queued\)/),
      expect.stringContaining('There is no run "never-was"'),
    ]);
    const other = services(app.platform.dataFolder.replace(/\/data$/, ''));
    expect((await other.shelf.delete([going.id])).done).toEqual([]);
    expect(existsSync(app.library.folderOf(going.id))).toBe(true);
  });

  test('the trash is emptied when asked, and of what is a week old at the start', async () => {
    const app = services();
    const id = await shelved(app, { id: 'a-run-of-mine' });
    const trash = join(app.platform.dataFolder, 'trash');
    await app.shelf.delete([id]);
    renameSync(join(trash, readdirSync(trash)[0] ?? ''), join(trash, `1000.${id}`));
    await shelved(app, { id: 'another-run' });
    await app.shelf.delete(['another-run']);
    await app.shelf.start();
    expect(readdirSync(trash)).toEqual([expect.stringMatching(/another-run$/)]);
    await app.shelf.emptyTrash();
    expect(readdirSync(trash)).toEqual([]);
    expect((await app.shelf.restore([id])).refused[0]?.message).toContain('not in the trash any more');
  });

  test('a deleted run does not overwrite one that came in its place', async () => {
    const app = services();
    const id = await shelved(app, { id: 'a-run-of-mine' });
    await app.shelf.delete([id]);
    await shelved(app, { id, title: 'The new one' });
    expect((await app.shelf.restore([id])).refused[0]?.message).toContain('in the library again');
    expect((await app.runs.get(id)).title).toBe('The new one');
  });
});

describe('the list', () => {
  test('hears of runs that are copied in, changed and removed from outside', async () => {
    const app = services();
    await app.shelf.start();
    expect(await app.runs.list()).toEqual([]);
    const elsewhere = services();
    const id = await shelved(elsewhere, { id: 'a-run-of-another' });
    renameSync(elsewhere.library.folderOf(id), app.library.folderOf(id));
    await until(() => app.lists.at(-1)?.length === 1, 'the run to be listed');
    renameSync(app.library.folderOf(id), elsewhere.library.folderOf(id));
    await until(() => app.lists.at(-1)?.length === 0, 'the run to be gone');
  });

  test('follows a living run of another process to its end', async () => {
    const home = folder();
    const app = services(home);
    await app.shelf.start();
    const other = services(home);
    const run = await runToEnd(other, await smallForm(other));
    await until(() => app.lists.at(-1)?.[0]?.state === 'ready', 'the end of the other run');
    expect(app.lists.at(-1)?.[0]?.id).toBe(run.id);
  });

  test('a copy under another name is no second run, and says so', async () => {
    const app = services();
    const id = await shelved(app, { id: 'a-run-of-mine' });
    mkdirSync(join(app.library.root, 'a-copy-of-it'));
    writeFileSync(
      join(app.library.root, 'a-copy-of-it', 'manifest.json'),
      JSON.stringify(makeManifest({ id })),
    );
    const { runs, failures } = await app.library.list();
    expect(runs).toHaveLength(1);
    expect(failures[0]?.message).toContain('it is the manifest of a-run-of-mine');
  });
});

describe('disk use', () => {
  test('is measured per run, and stores and artifacts can be freed', async () => {
    const app = services();
    const run = await runToEnd(app, await smallForm(app, { window: '5+5', torchTrace: true }));
    const measured = (await app.shelf.diskUse()).runs[0];
    const artifactBytes = run.artifacts.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(measured).toMatchObject({ id: run.id, artifactBytes });
    expect(measured?.totalBytes).toBeGreaterThan(artifactBytes);
    expect(measured?.storeBytes).toBeGreaterThan(0);

    expect((await app.shelf.freeStores([run.id])).done).toEqual([run.id]);
    expect((await app.shelf.diskUse()).runs[0]).toMatchObject({ artifactBytes, storeBytes: 0 });
    const next = services(app.platform.dataFolder.replace(/\/data$/, ''));
    const { sources } = await next.sources.ofRun(run, next.library.artifactsOf(run.id));
    await next.engine.call('trace.open', { sourceId: sources[0]?.sourceId ?? '' });
    expect((await next.shelf.diskUse()).runs[0]?.storeBytes).toBeGreaterThan(0);

    expect((await next.shelf.freeArtifacts([run.id])).done).toEqual([run.id]);
    expect((await next.shelf.diskUse()).runs[0]).toMatchObject({ artifactBytes: 0, storeBytes: 0 });
    const freed = await next.runs.get(run.id);
    expect(freed.artifacts.every(({ freedAt }) => freedAt !== undefined)).toBe(true);
    expect((await next.sources.ofRun(freed, next.library.artifactsOf(run.id))).sources).toEqual([]);
    expect(freed.figures).toEqual(run.figures);
  });
});

async function textsOf(archive: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const zip = await yauzl.openPromise(archive);
  for await (const entry of zip.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    texts.set(entry.fileName, Buffer.concat(chunks).toString('latin1'));
  }
  return texts;
}

describe('archives', () => {
  test('carry a run to another library, where its traces open, and no value of a variable', async () => {
    const app = services(folder(), { HF_TOKEN: 'inherited-secret' });
    const extraEnvironment = [
      { name: 'MY_API_KEY', value: 'planted-secret' },
      { name: 'SOME_PLACE', value: 'planted-place' },
    ];
    const run = await runToEnd(
      app,
      await smallForm(app, { window: '5+5', torchTrace: true, expertStatistics: true, extraEnvironment }),
    );
    await app.shelf.annotate(run.id, { tags: ['carried'] });
    const { sources: own } = await app.sources.ofRun(run, app.library.artifactsOf(run.id));
    const noted = own.find(({ kind }) => kind === 'trace')?.sourceId ?? '';
    const bookmark = { id: '0e4a1d4e-3f0e-4f3e-9a55-0d1d6c6a8a01', startNs: 5, endNs: null, text: 'slow' };
    await app.bookmarks.save(noted, [bookmark]);
    // What cannot be understood stays behind, and is in nobody's way.
    writeFileSync(join(app.library.folderOf(run.id), 'bookmarks', `${'f'.repeat(64)}.json`), 'damaged');
    // It ended before its first sample was due.
    const host = { cores: 2, memoryBytes: 8e9, diskBytes: 1e12 };
    const head: TelemetryHead = {
      version: 1,
      hz: 2,
      host,
      gpusAbsent: 'No NVIDIA driver.',
      driver: null,
      gpus: [],
    };
    const sample = { atMs: 500, host: { cpuRatio: 0.5, memoryUsedBytes: 4e9, diskFreeBytes: 1e11 } };
    const telemetry = headLine(head) + sampleLine({ ...sample, run: { cores: 1, rssBytes: 1e8 }, gpus: [] });
    writeFileSync(join(app.library.folderOf(run.id), 'telemetry.jsonl'), telemetry);
    const archive = join(folder(), 'run.iterscope.zip');
    await app.archives.exportTo('job', run.id, archive);
    expect(app.jobs.at(-1)).toMatchObject({ job: 'job', bytesDone: app.jobs.at(-1)?.bytesTotal });

    const texts = await textsOf(archive);
    expect([...texts.keys()].filter((name) => !name.startsWith('artifacts/'))).toEqual([
      'manifest.json',
      'annotations.json',
      expect.stringMatching(/^bookmarks\/[0-9a-e][0-9a-f]{63}\.json$/),
      'stdout.log',
      'stderr.log',
      'output-order.jsonl',
      'telemetry.jsonl',
    ]);
    for (const text of texts.values()) {
      for (const secret of ['planted-secret', 'planted-place', 'inherited-secret'])
        expect(text).not.toContain(secret);
    }
    expect(texts.get('manifest.json')).toContain('MY_API_KEY');

    const other = services();
    expect(await other.archives.import('job', [archive])).toEqual({ ids: [run.id], refused: [] });
    expect(other.lists.at(-1)?.[0]).toMatchObject({ id: run.id, tags: ['carried'], figures: run.figures });
    const taken = await other.runs.get(run.id);
    expect(taken.artifacts).toEqual(run.artifacts);
    const series = await other.telemetry.read(run.id);
    expect(series.samples).toHaveLength(1);
    expect(series).toEqual(await app.telemetry.read(run.id));
    const request = { show: 'both', from: 0, lines: 1_000 } as const;
    expect(await other.logs.page(run.id, request)).toEqual(await app.logs.page(run.id, request));
    const { sources } = await other.sources.ofRun(taken, other.library.artifactsOf(run.id));
    const trace = sources.find(({ kind }) => kind === 'trace');
    await other.engine.call('trace.open', { sourceId: trace?.sourceId ?? '' });
    expect(await other.bookmarks.list(trace?.sourceId ?? '')).toEqual([bookmark]);
    const iterations = await other.engine.call('trace.iterations', { sourceId: trace?.sourceId ?? '' });
    expect(iterations.map(({ index }) => index)).toEqual([5, 6, 7, 8, 9]);
    // Its values were not kept, so it cannot be run again as it was.
    expect(await codeOf(other.runs.start(taken.form))).toBe('form.environment');

    const again = await other.archives.import('job', [archive, '/no/such.zip']);
    expect(again.ids).toEqual([]);
    expect(again.refused.map(({ message }) => message)).toEqual([
      expect.stringContaining('is in the library already'),
      expect.stringContaining('There is no file /no/such.zip'),
    ]);
  });

  test('of what packs very well are never refused as bombs', async () => {
    const app = services();
    const artifacts = [{ kind: 'log', path: 'zeros.bin', bytes: 32 * 1024 ** 2 }] as const;
    const id = await shelved(app, { id: 'a-run-of-zeros', artifacts: [...artifacts] });
    writeFileSync(join(app.library.artifactsOf(id), 'zeros.bin'), Buffer.alloc(32 * 1024 ** 2));
    symlinkSync('/etc/passwd', join(app.library.artifactsOf(id), 'link'));
    const archive = join(folder(), 'zeros.zip');
    await app.archives.exportTo('job', id, archive);
    const other = services();
    expect(await other.archives.import('job', [archive])).toEqual({ ids: [id], refused: [] });
    expect(readdirSync(other.library.artifactsOf(id))).toEqual(['zeros.bin']);
  });

  test('cancelled on the way leave nothing, in either direction', async () => {
    const app = services();
    const id = await shelved(app, { id: 'a-large-run' });
    writeFileSync(join(app.library.artifactsOf(id), 'much.bin'), Buffer.alloc(64 * 1024 ** 2, 'abc'));
    const place = folder();
    const exporting = app.archives.exportTo('out', id, join(place, 'run.zip'));
    await until(() => app.jobs.some(({ job, bytesDone }) => job === 'out' && bytesDone > 0), 'some bytes');
    app.archives.cancel('out');
    expect(await codeOf(exporting)).toBe('request.cancelled');
    expect(readdirSync(place)).toEqual([]);

    await app.archives.exportTo('whole', id, join(place, 'run.zip'));
    const other = services();
    const importing = other.archives.import('in', [join(place, 'run.zip')]);
    await until(() => other.jobs.some(({ bytesDone }) => bytesDone > 0), 'some bytes');
    other.archives.cancel('in');
    expect(await importing).toEqual({ ids: [], refused: [] });
    expect(existsSync(join(other.library.root, id))).toBe(false);
    expect(readdirSync(join(other.platform.dataFolder, 'incoming'))).toEqual([]);
  });

  test('cannot be made of a living run, nor in a place that cannot be written', async () => {
    const app = services();
    const going = await app.runs.start(
      await smallForm(app, { parameters: { iterations: 100_000, requests: 1_000_000 } }),
    );
    expect(await codeOf(app.archives.exportTo('job', going.id, join(folder(), 'a.zip')))).toBe('run.state');
    const id = await shelved(app, { id: 'a-run-of-mine' });
    expect(await codeOf(app.archives.exportTo('job', id, '/no/such/folder/a.zip'))).toBe(
      'archive.unwritable',
    );
  });
});
