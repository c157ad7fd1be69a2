// SPDX-License-Identifier: Apache-2.0
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { comparisonDocument } from '#shared/contract/comparison.ts';

const published = 'assets/schemas/comparison.schema.json';

test('the published schema of the JSON report is the one that reports are written by', async () => {
  const schema = { title: 'Iterscope comparison', ...z.toJSONSchema(comparisonDocument, { io: 'output' }) };
  const style = await resolveConfig(published);
  const text = await format(JSON.stringify(schema), { ...style, parser: 'json' });
  expect(schema).toMatchObject({ type: 'object' });
  // To publish a change: vitest -u.
  await expect(text).toMatchFileSnapshot(`../../../${published}`);
});
