// SPDX-License-Identifier: Apache-2.0
import type { Page } from '@playwright/test';
import axe from 'axe-core';

/** What axe finds wrong with the page as it is now: rule and elements; nothing at best. */
export async function problemsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: inPage } = globalThis as unknown as { axe: typeof axe };
    const { violations } = await inPage.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  });
}
