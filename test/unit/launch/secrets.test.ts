// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { isSecretName, MASK, maskEntry } from '#main/launch/secrets.ts';

test.each([
  'HF_TOKEN',
  'HUGGING_FACE_HUB_TOKEN',
  'GITHUB_TOKEN_READ',
  'accessToken',
  'AWS_SECRET_ACCESS_KEY',
  'OPENAI_API_KEY',
  'OPENAI_KEY',
  'SSH_KEY',
  'DB_PASS',
  'PGPASSWORD',
  'MYSQL_PWD',
  'SENTRY_DSN',
  'DATABASE_URL',
  'GITLAB_PAT',
  'SESSION_COOKIE',
  'NGC_CLI_API_KEY',
])('%s holds a secret', (name) => {
  expect(isSecretName(name)).toBe(true);
  expect(maskEntry({ name, value: 'x' }).value).toBe(MASK);
});

test.each([
  'PATH',
  'PWD',
  'OLDPWD',
  'TOKENIZERS_PARALLELISM',
  'MAX_NUM_TOKENS',
  'TLLM_PROFILE_START_STOP',
  'KEYBOARD',
  'CUDA_VISIBLE_DEVICES',
  'MONKEY_PATCH',
])('%s is shown', (name) => {
  expect(isSecretName(name)).toBe(false);
});
