// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from 'vitest/config';

/** Tests with NVIDIA's Nsight Systems, which `npm run test:nsys` provides. */
export default defineConfig({
  test: {
    include: ['test/nsys/**/*.test.ts'],
    env: { TZ: 'UTC', LC_ALL: 'C' },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
