// SPDX-License-Identifier: Apache-2.0
import type { ExpertSummary } from '#shared/contract/experts.ts';

/** What the perfect router's preview is asked for, as typed. */

export type Era = 'e1' | 'e2' | 'e3';

export interface RouterForm {
  readonly tokens: string;
  readonly experts: string;
  readonly topK: string;
  readonly ranks: string;
  readonly era: Era;
}

export interface RouterQuestion {
  readonly tokensPerRank: number;
  readonly experts: number;
  readonly topK: number;
  readonly ranks: number;
  readonly rotated: boolean;
}

export function defaultRouterForm({ experts, topK }: ExpertSummary, ranks: number): RouterForm {
  return {
    tokens: '1',
    experts: experts.toString(),
    topK: (topK ?? 1).toString(),
    ranks: ranks.toString(),
    era: 'e1',
  };
}

/** The question, or a sentence that says which number is wrong. */
export function routerQuestion(form: RouterForm): RouterQuestion | string {
  const numbers = [
    ['Tokens of each rank', form.tokens, 0, 1_048_576],
    ['Experts', form.experts, 1, 4096],
    ['Experts per token', form.topK, 1, 4096],
    ['Ranks', form.ranks, 1, 4096],
  ] as const;
  for (const [name, text, least, most] of numbers) {
    if (!/^\d+$/.test(text.trim()) || Number(text) < least || Number(text) > most) {
      return `${name}: type a whole number from ${least} to ${most}.`;
    }
  }
  return {
    tokensPerRank: Number(form.tokens),
    experts: Number(form.experts),
    topK: Number(form.topK),
    ranks: Number(form.ranks),
    rotated: form.era !== 'e1',
  };
}
