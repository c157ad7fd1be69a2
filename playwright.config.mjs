// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results/e2e',
  // Two applications at once: nothing here asserts how long anything takes.
  workers: 2,
  forbidOnly: true,
  timeout: 90_000,
  // An application that does not start at all must not take its limit in every test.
  globalTimeout: 600_000,
  maxFailures: 5,
  expect: { timeout: 20_000 },
  reporter: 'line',
  use: { trace: 'retain-on-failure', screenshot: 'only-on-failure' },
});
