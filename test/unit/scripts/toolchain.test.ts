// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { missingToolsSentence } from '../../../scripts/lib/toolchain.mjs';

const present = { rust: false, linker: false, curl: false };

describe('what is missing to build the native part', () => {
  test('is nothing where Rust and a linker are there, whatever else is not', () => {
    expect(missingToolsSentence({ ...present, curl: true }, 'debian', true)).toBeUndefined();
  });

  test('is cured by one command on a bare system, which has no sudo for root and no curl', () => {
    const all = { rust: true, linker: true, curl: true };
    const sentence = missingToolsSentence(all, 'debian', true);
    expect(sentence).toContain('Rust (no cargo on the PATH) and a C linker (no cc on the PATH)');
    expect(sentence).toContain(
      'apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev curl ca-certificates && curl --proto',
    );
    expect(sentence).toMatch(/cargo\/env"$/);
    expect(sentence).not.toContain('sudo');
  });

  test('asks for root only where a package is needed', () => {
    expect(missingToolsSentence({ ...present, linker: true }, 'fedora', false)).toMatch(
      /install with: sudo dnf install -y gcc$/,
    );
    expect(missingToolsSentence({ ...present, rust: true }, 'debian', false)).toMatch(
      /install with: curl --proto/,
    );
  });
});
