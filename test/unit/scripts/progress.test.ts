// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { Progress } from '../../../scripts/lib/progress.mjs';

async function written(isTTY: boolean) {
  let text = '';
  const stream = { isTTY, write: (part: string) => (text += part) } as unknown as NodeJS.WriteStream;
  await new Progress(6, { stream }).step('Native module', true, (tell) => {
    tell('7 of 140 parts');
  });
  return text;
}

describe('a step of the set-up', () => {
  it('says at a terminal how far it is, on its one line', async () => {
    expect(await written(true)).toMatch(
      /^\[1\/6\] Native module …\r\[1\/6\] Native module … 7 of 140 parts\S*\r\[1\/6\] Native module … 0\.0 s\S*\n$/,
    );
  });

  it('is one plain line where nobody watches', async () => {
    expect(await written(false)).toBe('[1/6] Native module … 0.0 s\n');
  });
});
