// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { checkLinkedPaths, linkedFilesText } from '#main/services/link-files.ts';

test.each([
  ['relative', 'traces/a.json'],
  ['a home folder', '~/a.json'],
  ['a share', '//host/share/a.json'],
  ['a Windows share', String.raw`\\host\share\a.json`],
  ['a device', String.raw`\\.\pipe\a`],
  ['an address', 'http://host/a.json'],
  ['turned text', '/traces/\u202Enosj.a'],
  ['hidden text', '/traces/a\u200B.json'],
  ['a line break', '/traces/a\nb.json'],
])('a path that is %s is not followed', (_, path) => {
  expect(() => checkLinkedPaths(['/traces/good.json', path])).toThrow(/open the file yourself/);
});

test('plain paths are named in the question, as many as can be read', () => {
  const paths = Array.from({ length: 20 }, (_, at) => `/traces/rank ${at} ∑.json.gz`);
  expect(() => checkLinkedPaths(paths)).not.toThrow();
  const lines = linkedFilesText(paths).split('\n');
  expect(lines[0]).toBe('/traces/rank 0 ∑.json.gz');
  expect(lines[12]).toBe('… and 8 more');
});
