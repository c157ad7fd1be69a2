// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { flagFile } from '#shared/contract/flags.ts';
import { searchFlags } from '#renderer/features/launcher/flags.ts';

const shipped = ['tensorrt-llm', 'nsight-systems'].flatMap(
  (name) => flagFile.parse(JSON.parse(readFileSync(`assets/flags/${name}.json`, 'utf8'))).flags,
);
const namesOf = (text: string): string[] => searchFlags(shipped, text).map(({ name }) => name);

describe('searchFlags', () => {
  it('finds by what a flag does, whatever the case and order of words', () => {
    expect(namesOf('garbage collection')).toContain('TLLM_PROFILE_RECORD_GC');
    expect(namesOf('COLLECTION garbage')).toEqual(namesOf('garbage collection'));
    expect(namesOf('cuda graphs')).toContain('--cuda-graph-trace');
  });

  it('puts names before descriptions', () => {
    const [first] = namesOf('expert_statistic');
    expect(first).toMatch(/^EXPERT_STATISTIC/);
    const found = namesOf('trace');
    const named = found.filter((name) => /trace/i.test(name));
    expect(found.slice(0, named.length)).toEqual(expect.arrayContaining(named));
    expect(found.length).toBeGreaterThan(named.length);
  });

  it('finds each flag by its own name, and none by nothing or by nonsense', () => {
    for (const { name } of shipped) expect(namesOf(name)).toContain(name);
    expect([namesOf('  '), namesOf('no such words anywhere')]).toEqual([[], []]);
  });
});
