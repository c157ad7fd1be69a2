// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MASK, redact, secretValues } from '#main/launch/secrets.ts';

describe('text that may leave this machine', () => {
  test.each([
    ['HF_TOKEN=abc123', `HF_TOKEN=${MASK}`],
    ['"password": "swordfish"', `"password": "${MASK}"`],
    [String.raw`{\"MY_SECRET\":\"swordfish\"}`, String.raw`{\"MY_SECRET\":\"${MASK}\"}`],
    ['Authorization: Bearer abcdef.ghij-klm', `Authorization: ${MASK} ${MASK}`],
    ['git clone https://me:swordfish@host/repo', `git clone https://me:${MASK}@host/repo`],
    ['using hf_abcdefghijklmnopqrstuvwxyz now', `using ${MASK} now`],
    ['--api-key sk-abcdefghijklmnopqrst', `--api-key ${MASK}`],
  ])('masks %j', (text, clean) => {
    expect(redact(text, [])).toBe(clean);
  });

  test.each([
    'max_num_tokens=8192',
    'num_ctx_tokens: 5',
    'iter = 3, host_step_time = 1.5ms',
    '{"token": 5, "auth": true}',
    'PWD=/home/me',
  ])('leaves %j as it is', (text) => {
    expect(redact(text, [])).toBe(text);
  });

  test('never holds a known secret, wherever it stands', () => {
    const values = secretValues({
      MY_API_KEY: 'swordfish',
      PATH: '/bin',
      SHORT_TOKEN: 'abc',
      OTHER_SECRET: 'swordfish-2',
    });
    expect(values).toEqual(['swordfish-2', 'swordfish']);
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...values), fc.string(), (before, value, after) => {
        expect(redact(`${before}${value}${after}`, values)).not.toContain('swordfish');
      }),
    );
  });
});
