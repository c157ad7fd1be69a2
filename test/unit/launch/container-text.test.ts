// SPDX-License-Identifier: Apache-2.0
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, realpathSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { launchTarget } from '#shared/contract/target.ts';
import { planLaunch } from '#main/launch/plan.ts';
import { stepCommand } from '#main/launch/script.ts';
import { temporaryFolder } from '../../builders/folder.ts';
import { makeForm, makeRecipe, places } from '../../builders/recipe.ts';

const folder = temporaryFolder();

/** The words that bash gives to a program named docker, which says them back with a variable that it has. */
function executed(
  shell: string,
  cwd: string,
  environment: Record<string, string>,
): ReturnType<typeof spawnSync> {
  const bin = folder();
  writeFileSync(join(bin, 'docker'), '#!/bin/sh\nprintf "%s\\n" "$@" "secret=$MY_API_KEY"\n');
  chmodSync(join(bin, 'docker'), 0o755);
  const env = { PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`, ...environment };
  return spawnSync('bash', ['-c', shell], { cwd, env, encoding: 'utf8' });
}

test('a container’s command, as bash reads it: the reader’s own folder, user and secrets', () => {
  const target = launchTarget.parse({
    kind: 'container',
    runtime: 'docker',
    image: 'registry/engine:1',
    gpus: '0,1',
    shmSize: '8g',
    mounts: [{ source: '/models', target: '/in/models' }],
  });
  const extraEnvironment = [
    { name: 'MY_API_KEY', value: 'hunter2hunter2' },
    { name: 'WITH_QUOTE', value: "it's $HOME" },
  ];
  const plan = planLaunch(makeRecipe(), makeForm({ target, extraEnvironment }), places);
  const shell = stepCommand(plan, plan.main, new Set());
  expect(shell).not.toContain('hunter2');
  const cwd = realpathSync(folder());
  const { stdout } = executed(shell, cwd, { MY_API_KEY: 'theirs' });
  const words = String(stdout).split('\n');
  expect(words.slice(0, 3)).toEqual(['run', '--rm', '--init']);
  const after = (option: string): (string | undefined)[] =>
    words.flatMap((word, at) => (word === option ? [words[at + 1]] : []));
  expect(after('--gpus')).toEqual(['"device=0,1"']);
  expect(after('--shm-size')).toEqual(['8g']);
  const own = ['-u', '-g'].map((which) => execFileSync('id', [which], { encoding: 'utf8' }).trim()).join(':');
  expect(after('--user')).toEqual([own]);
  expect(after('--mount')).toEqual([
    `type=bind,source=${cwd},target=${cwd}`,
    'type=bind,source=/opt/iterscope/bin,target=/opt/iterscope/bin,readonly',
    'type=bind,source=/models,target=/in/models,readonly',
  ]);
  expect(after('--workdir')).toEqual([cwd]);
  expect(after('--env')).toEqual(expect.arrayContaining(['MY_API_KEY', "WITH_QUOTE=it's $HOME"]));
  expect(words).toContain('secret=theirs');
  expect(executed(shell, cwd, {}).status).not.toBe(0);
});
