// SPDX-License-Identifier: Apache-2.0
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { checkWritable } from '../../../scripts/lib/setup.mjs';

describe('a folder for the set-up', () => {
  it('is taken where it can be written', () => {
    expect(() => {
      checkWritable(tmpdir());
    }).not.toThrow();
  });

  // A folder that is not there: permissions would not stop root, who runs these tests in containers.
  it('is refused with its name and the cure', () => {
    expect(() => {
      checkWritable('/nowhere/iterscope');
    }).toThrow(/^\/nowhere\/iterscope cannot be written \(ENOENT\).*clone into a folder of your own\.$/);
  });
});
