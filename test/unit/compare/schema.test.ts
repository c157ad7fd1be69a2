// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { comparisonDocument } from '#shared/contract/comparison.ts';

const published = 'assets/schemas/comparison.schema.json';

test('a figure that is none is refused by the published schema', () => {
  const schema = z.fromJSONSchema(
    JSON.parse(readFileSync(published, 'utf8')) as Parameters<typeof z.fromJSONSchema>[0],
  );
  expect(schema.safeParse({ version: 1, comparison: {}, answer: {}, commands: [] }).success).toBe(false);
});

test('the published schema of the JSON report is the one that reports are written by', async () => {
  const schema = { title: 'Iterscope comparison', ...z.toJSONSchema(comparisonDocument, { io: 'output' }) };
  const style = await resolveConfig(published);
  const text = await format(JSON.stringify(schema), { ...style, parser: 'json' });
  expect(schema).toMatchObject({ type: 'object' });
  // To publish a change: vitest -u.
  await expect(text).toMatchFileSnapshot(`../../../${published}`);
});
