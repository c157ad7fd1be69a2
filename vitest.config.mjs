// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.{ts,tsx}', 'test/integration/**/*.test.ts'],
    env: { TZ: 'UTC', LC_ALL: 'C' },
    restoreMocks: true,
    // Integration tests start programs and read whole recordings, on machines of two cores.
    // They wait more than they compute: the default leaves one core of two without work.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
