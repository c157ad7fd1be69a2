// SPDX-License-Identifier: Apache-2.0
import { formatChange, formatPercent } from '#shared/base/units.ts';
import type { Effect, Thresholds, Verdict } from '#shared/contract/comparison.ts';
import { blocksToSettle } from './effect.ts';

/** What the interval of an effect means; a verdict exists only at a planned look. */

export const defaultThresholds: Thresholds = { significant: 0.1, equivalence: 0.03 };

export interface Question {
  readonly effect: Effect;
  readonly logRatios: readonly number[];
  readonly thresholds: Thresholds;
  /** A is the learned router, B the perfect one; and nothing else differs. */
  readonly perfectRouter: boolean;
  /** Both arms run on one rank, which waits for no other. */
  readonly oneRank: boolean;
  readonly labels: { readonly a: string; readonly b: string };
  /** What is compared, as it reads in a sentence: `output throughput`. */
  readonly metric: string;
}

/** `95 % interval −1.0 % to +2.0 %`. */
function intervalWords({ confidence, low, high }: Effect): string {
  return `${(Math.round(confidence * 1000) / 10).toString()} % interval ${formatChange(low)} to ${formatChange(high)}`;
}

function changeWords({ ratio }: Effect): string {
  if (formatChange(ratio) === formatChange(0)) return 'the same to 0.1 %';
  return `${formatPercent(Math.abs(ratio))} ${ratio < 0 ? 'worse' : 'better'}`;
}

function inconclusive({ logRatios, thresholds }: Question): string {
  const blocks = blocksToSettle(logRatios, thresholds.equivalence);
  if (blocks === null)
    return 'Passes differ too much among themselves for any number of blocks to settle it.';
  return `About ${blocks.toString()} blocks would settle it if passes go on as these did.`;
}

/** Without other ranks to wait for, even loads change what each expert's kernels do, and nothing else. */
const ONE_RANK =
  'With one rank nobody waits for another: this is how much faster its kernels are at even loads, not what balance between ranks would gain.';

function ofRouters(question: Question): Verdict {
  const { effect, thresholds } = question;
  const gain = `With perfect routing ${question.metric} is ${changeWords(effect)} (${intervalWords(effect)})`;
  if (question.oneRank && effect.low > 0) return { kind: 'faster', sentence: `${gain}: faster. ${ONE_RANK}` };
  if (effect.low > thresholds.significant)
    return {
      kind: 'imbalance-significant',
      sentence: `${gain}: routing imbalance is significant. Consider optimising the router or balancing the load.`,
    };
  if (effect.low > 0)
    return {
      kind: 'imbalance-moderate',
      sentence: `${gain}: routing imbalance is real but moderate.`,
    };
  if (effect.high < 0)
    return {
      kind: 'slower',
      sentence: `${gain}: perfect routing is slower. At small batches even loads activate more experts, whose weights all have to be read.`,
    };
  if (effect.low > -thresholds.equivalence && effect.high < thresholds.equivalence)
    return {
      kind: question.oneRank ? 'same' : 'not-a-bottleneck',
      sentence: question.oneRank
        ? `${gain}: no difference beyond ±${formatPercent(thresholds.equivalence)}. ${ONE_RANK}`
        : `${gain}: router balance is not a bottleneck. Look elsewhere.`,
    };
  const told = question.oneRank ? ` ${ONE_RANK}` : '';
  return { kind: 'inconclusive', sentence: `${gain}: inconclusive. ${inconclusive(question)}${told}` };
}

function ofAnything(question: Question): Verdict {
  const { effect, thresholds, labels, metric } = question;
  const change = `${labels.b} against ${labels.a}: ${metric} is ${changeWords(effect)} (${intervalWords(effect)})`;
  if (effect.low > 0) return { kind: 'faster', sentence: `${change}: ${labels.b} is faster.` };
  if (effect.high < 0) return { kind: 'slower', sentence: `${change}: ${labels.b} is slower.` };
  if (effect.low > -thresholds.equivalence && effect.high < thresholds.equivalence)
    return {
      kind: 'same',
      sentence: `${change}: no difference beyond ±${formatPercent(thresholds.equivalence)}.`,
    };
  return { kind: 'inconclusive', sentence: `${change}: inconclusive. ${inconclusive(question)}` };
}

/** The verdict on an effect. */
export function verdictOf(question: Question): Verdict {
  return question.perfectRouter ? ofRouters(question) : ofAnything(question);
}

/** The verdict's sentence; before a planned look what can be said instead. */
export function headlineOf(verdict: Verdict | null, effect: Effect | null, blocks: number): string {
  if (verdict !== null) return verdict.sentence;
  if (effect === null) return 'No answer yet: it needs at least two complete blocks.';
  const found = `${formatChange(effect.ratio)} (${intervalWords(effect)})`;
  return `No verdict yet, after ${effect.blocks.toString()} of ${blocks.toString()} blocks. So far: ${found}.`;
}
