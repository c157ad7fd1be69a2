// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { toFailure } from '#shared/base/errors.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { makeManifest } from '../builders/run.ts';
import { makeServices, smallForm, type TestServices } from '../builders/services.ts';

/** Folders of runs, traces and options that were copied here from somewhere: with links, pipes and devices in them. */

const folder = temporaryFolder();
const opened: TestServices[] = [];
afterEach(() => {
  for (const { engine } of opened.splice(0)) engine.close();
});

function services(): TestServices {
  const made = makeServices(folder());
  opened.push(made);
  return made;
}

function putRun(app: TestServices, id: string, changes: Parameters<typeof makeManifest>[0] = {}): string {
  const path = app.library.folderOf(id);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'manifest.json'), JSON.stringify(makeManifest({ id, ...changes })));
  return path;
}

const pipeAt = (path: string): void => {
  execFileSync('mkfifo', [path]);
};
const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'ok',
    (thrown: unknown) => `${toFailure(thrown).code}: ${toFailure(thrown).message}`,
  );

describe('a folder of a run that came from elsewhere', () => {
  test.each([
    ['the folder of artifacts', 'artifacts', 'keep.json'],
    ['a folder below it', 'artifacts/inner', 'inner/keep.json'],
  ])('freeing space through a link in place of %s deletes nothing', async (_what, link, path) => {
    const app = services();
    const victim = folder();
    writeFileSync(join(victim, 'keep.json'), 'mine');
    const run = putRun(app, 'linked-run', { artifacts: [{ kind: 'kineto-trace', path, bytes: 4 }] });
    mkdirSync(join(run, link, '..'), { recursive: true });
    symlinkSync(victim, join(run, link));
    const { done, refused } = await app.shelf.freeArtifacts(['linked-run']);
    expect(readFileSync(join(victim, 'keep.json'), 'utf8')).toBe('mine');
    expect(done).toEqual([]);
    expect(refused[0]?.message).toMatch(/leads out of the run's folder by a link/);
    expect((await app.runs.get('linked-run')).artifacts[0]?.freedAt).toBeUndefined();
  });

  test('an artifact that is a link itself goes, and what it leads to stays', async () => {
    const app = services();
    const victim = join(folder(), 'keep.json');
    writeFileSync(victim, 'mine');
    const artifacts = [{ kind: 'kineto-trace' as const, path: 'trace.json', bytes: 4 }];
    const run = putRun(app, 'linked-run', { artifacts });
    mkdirSync(join(run, 'artifacts'));
    symlinkSync(victim, join(run, 'artifacts', 'trace.json'));
    expect((await app.shelf.freeArtifacts(['linked-run'])).done).toEqual(['linked-run']);
    expect(existsSync(join(run, 'artifacts', 'trace.json'))).toBe(false);
    expect(readFileSync(victim, 'utf8')).toBe('mine');
  });

  test('pipes and giants in place of manifests hold nobody up', async () => {
    const app = services();
    putRun(app, 'a-good-run');
    for (const id of ['pipe-run-1', 'pipe-run-2', 'pipe-run-3', 'pipe-run-4', 'pipe-run-5']) {
      mkdirSync(app.library.folderOf(id), { recursive: true });
      pipeAt(join(app.library.folderOf(id), 'manifest.json'));
    }
    const giant = join(putRun(app, 'giant-run'), 'manifest.json');
    truncateSync(giant, 3 * 1024 ** 3);
    pipeAt(join(putRun(app, 'piped-annotations'), 'annotations.json'));
    const { runs, failures } = await app.library.list();
    expect(runs.map(({ id }) => id).sort()).toEqual(['a-good-run', 'piped-annotations']);
    expect(failures).toHaveLength(6);
    const said = failures.map(({ message }) => message).join('\n');
    expect(said).toContain('it is not a regular file');
    expect(said).toContain('it is larger than 64.0 MiB');
  });

  test('pipes in place of traces and statistics are refused, not waited for', async () => {
    const app = services();
    const artifacts = (['trace.json', 'report.nsys-rep', 'stats'] as const).map((path) => ({
      kind: path === 'stats' ? ('expert-statistics' as const) : ('kineto-trace' as const),
      path,
      bytes: 1,
    }));
    const inside = join(putRun(app, 'piped-run', { artifacts }), 'artifacts');
    mkdirSync(join(inside, 'stats'), { recursive: true });
    for (const name of ['trace.json', 'report.nsys-rep', 'stats/rank0.safetensors', 'stats/meta_info.json'])
      pipeAt(join(inside, name));
    const { sources } = await app.sources.ofRun(await app.runs.get('piped-run'), inside);
    for (const { sourceId, kind } of sources) {
      const method = kind === 'trace' ? 'trace.open' : 'experts.open';
      expect(await failureOf(app.engine.call(method, { sourceId }))).toMatch(
        /unreadable: .*not a regular file/,
      );
    }
    expect(await failureOf(app.sources.fromPaths([join(inside, 'trace.json')]))).toMatch(/pipe or a device/);
    expect((await app.sources.fromPaths([inside])).sources.map(({ name }) => name)).toEqual(['artifacts']);
  });
});

test.each(['/dev/zero', 'a pipe'])('a form whose options file is %s is refused', async (what) => {
  const app = services();
  const path = what === 'a pipe' ? join(folder(), 'options.yaml') : what;
  if (what === 'a pipe') pipeAt(path);
  const form = await smallForm(app, { recipeId: 'tensorrt-llm-serve', parameters: {} });
  const recipe = await app.recipes.get('tensorrt-llm-serve');
  const { runnable, findings } = await app.runs.preview({
    ...form,
    parameters: { [recipe.yaml?.base ?? '']: path },
  });
  expect(runnable).toBe(false);
  expect(findings.map(({ message }) => message)).toContainEqual(
    expect.stringContaining(`The options file ${path} cannot be read`),
  );
});
