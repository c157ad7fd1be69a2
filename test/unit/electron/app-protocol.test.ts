// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test, vi } from 'vitest';

// Only the address rule is under test; Electron itself is there in the end-to-end tests.
vi.mock('electron', () => ({ protocol: {} }));
const { fileOfAddress } = await import('#main/electron/app-protocol.ts');

describe('addresses of the application', () => {
  test('name files of its folder', () => {
    expect(fileOfAddress('iterscope://app/', '/dist/renderer')).toBe('/dist/renderer/index.html');
    expect(fileOfAddress('iterscope://app/assets/a.js?x#y', '/dist/renderer')).toBe(
      '/dist/renderer/assets/a.js',
    );
  });

  test.each([
    'iterscope://app/..%2f..%2fetc%2fpasswd',
    'iterscope://app/%2e%2e/%2e%2e/secret',
    'iterscope://app/../../secret',
    'iterscope://app/a%00.html',
    'iterscope://other/index.html',
  ])('%s leads nowhere else', (address) => {
    const file = fileOfAddress(address, '/dist/renderer');
    expect(file === null || file.startsWith('/dist/renderer/')).toBe(true);
    expect(file ?? '').not.toContain('passwd');
  });
});
