// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { shownTheme } from '#renderer/features/settings/theme.ts';

describe('shownTheme', () => {
  it('follows the system only where the user does', () => {
    expect([shownTheme('system', true), shownTheme('system', false)]).toEqual(['dark', 'light']);
    expect([shownTheme('light', true), shownTheme('dark', false)]).toEqual(['light', 'dark']);
  });
});
