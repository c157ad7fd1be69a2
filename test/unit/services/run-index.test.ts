// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeAtomically } from '#main/services/files.ts';
import { RunIndex } from '#main/services/run-index.ts';
import { temporaryFolder } from '../../builders/folder.ts';
import { makeManifest } from '../../builders/run.ts';

const folder = temporaryFolder();

function makeIndex(count: number): { index: RunIndex; root: string; read: string[] } {
  const root = folder();
  const read: string[] = [];
  for (let at = 0; at < count; at += 1) {
    mkdirSync(join(root, `run-number-${at}`));
    writeFileSync(join(root, `run-number-${at}`, 'manifest.json'), '{}');
  }
  const index = new RunIndex(root, (id) => {
    read.push(id);
    return Promise.resolve(makeManifest({ id, createdAt: id }));
  });
  return { index, root, read };
}

describe('the index of runs', () => {
  test('reads every manifest once, and again only what changed', async () => {
    const { index, root, read } = makeIndex(200);
    expect(await index.refresh()).toBe(true);
    expect(await index.refresh()).toBe(false);
    expect(read).toHaveLength(200);
    await writeAtomically(join(root, 'run-number-7', 'manifest.json'), '{ }');
    await writeAtomically(
      join(root, 'run-number-9', 'annotations.json'),
      '{"version":1,"tags":["x"],"notes":""}',
    );
    rmSync(join(root, 'run-number-11'), { recursive: true });
    expect(await index.refresh()).toBe(true);
    expect(read.slice(200).sort()).toEqual(['run-number-7', 'run-number-9']);
    expect(index.runs).toHaveLength(199);
    expect(index.get('run-number-9')?.annotations.tags).toEqual(['x']);
  });

  test('shares one look among those who ask at the same time', async () => {
    const { index, read } = makeIndex(50);
    await Promise.all([index.refresh(), index.refresh(), index.refresh()]);
    expect(read).toHaveLength(50);
  });

  test('annotations that cannot be understood hide no run', async () => {
    const { index, root } = makeIndex(1);
    writeFileSync(join(root, 'run-number-0', 'annotations.json'), '{"tags": 3');
    await index.refresh();
    expect(index.runs[0]?.annotations).toEqual({ version: 1, tags: [], notes: '' });
  });
});
