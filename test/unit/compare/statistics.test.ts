// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blocksToSettle, effectOf } from '#main/compare/effect.ts';
import { lookAt, planLooks } from '#main/compare/looks.ts';
import { makeRandom, planPasses } from '#main/compare/order.ts';
import { studentCdf, studentQuantile } from '#main/compare/student-t.ts';

interface Expected {
  quantiles: [number, number, number][];
  effects: { a: number[]; b: number[]; alpha: number; ratio: number; low: number; high: number }[];
}

/** Made by test/independent/compare_expected.py, which shares nothing with the code under test. */
const expected = JSON.parse(readFileSync('test/fixtures/compare/expected.json', 'utf8')) as Expected;

describe('Student t', () => {
  test('quantiles are those of an independent implementation', () => {
    expect(expected.quantiles.length).toBeGreaterThan(100);
    for (const [probability, freedom, quantile] of expected.quantiles) {
      const found = studentQuantile(probability, freedom);
      expect(Math.abs(found - quantile)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(quantile)));
    }
  });

  test('quantile and distribution are each other backwards', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        fc.integer({ min: 1, max: 300 }),
        (probability, freedom) => {
          expect(studentCdf(studentQuantile(probability, freedom), freedom)).toBeCloseTo(probability, 10);
        },
      ),
    );
  });
});

describe('effects', () => {
  test('are those of an independent paired t interval', () => {
    for (const { a, b, alpha, ratio, low, high } of expected.effects) {
      const found = effectOf(
        a.map((value, index) => Math.log((b[index] ?? 0) / value)),
        alpha,
      );
      expect(found?.ratio).toBeCloseTo(ratio, 12);
      expect(found?.low).toBeCloseTo(low, 8);
      expect(found?.high).toBeCloseTo(high, 8);
    }
  });

  test('one block has no interval', () => {
    expect(effectOf([0.1])).toBeNull();
    expect(effectOf([])).toBeNull();
  });

  test('swapping the arms turns the effect around', () => {
    const logRatios = [0.1, 0.12, 0.07];
    const forth = effectOf(logRatios);
    const back = effectOf(logRatios.map((value) => -value));
    expect((1 + (forth?.ratio ?? 0)) * (1 + (back?.ratio ?? 0))).toBeCloseTo(1, 12);
    expect((1 + (forth?.low ?? 0)) * (1 + (back?.high ?? 0))).toBeCloseTo(1, 12);
  });

  test('the number of blocks that would settle it is enough, and one fewer is not', () => {
    const logRatios = [0.05, -0.02, 0.04, 0.01];
    const blocks = blocksToSettle(logRatios, 0.03) ?? 0;
    expect(blocks).toBeGreaterThan(4);
    const spread = (count: number): number => {
      const deviation = Math.sqrt([0.03, -0.04, 0.02, -0.01].reduce((sum, v) => sum + v * v, 0) / 3);
      return (studentQuantile(0.975, count - 1) * deviation) / Math.sqrt(count);
    };
    expect(spread(blocks)).toBeLessThan(0.02);
    expect(spread(blocks - 1)).toBeGreaterThanOrEqual(Math.log1p(0.03) - 0.02);
    expect(blocksToSettle([1, -1, 1, -1], 0.03)).toBeNull();
  });
});

describe('looks', () => {
  test('what all may spend adds up to the error probability of one', () => {
    for (const blocks of [3, 4, 5, 8, 20, 100]) {
      for (const early of [false, true]) {
        const looks = planLooks(blocks, early);
        expect(looks.length).toBeLessThanOrEqual(3);
        expect(looks.at(-1)?.blocks).toBe(blocks);
        expect(looks.reduce((sum, { alpha }) => sum + alpha, 0)).toBeCloseTo(0.05, 12);
        expect(looks.every((look) => look.blocks >= 3 && look.alpha > 0)).toBe(true);
      }
    }
    expect(planLooks(5, false)).toHaveLength(1);
    expect(lookAt(planLooks(8, true), 7)).toBeUndefined();
    expect(lookAt(planLooks(8, true), 4)?.alpha).toBeCloseTo(0.05 / 8, 12);
  });
});

describe('the order of passes', () => {
  test('is the same for the same seed, holds each arm once a block, and varies', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 40 }), fc.nat(), (blocks, seed) => {
        const passes = planPasses(blocks, seed);
        expect(planPasses(blocks, seed)).toEqual(passes);
        for (let block = 1; block <= blocks; block += 1) {
          const arms = passes.filter((pass) => pass.block === block).map(({ arm }) => arm);
          expect([...arms].sort()).toEqual(['a', 'b']);
        }
      }),
    );
    const first = planPasses(1_000, 3).filter(({ arm }, index) => index % 2 === 0 && arm === 'a').length;
    expect(first).toBeGreaterThan(440);
    expect(first).toBeLessThan(560);
  });
});

/** Normal numbers from uniform ones (Box and Muller). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

describe('by simulation, with drift of the machine over the blocks and now and then a slow pass', () => {
  /** Log-ratios of blocks: both arms of a block share its drift. */
  function simulate(random: () => number, blocks: number, effect: number): number[] {
    return Array.from({ length: blocks }, (_, block) => {
      const drift = 0.03 * block;
      const noise = (): number => 0.01 * normal(random) - (random() < 0.02 ? 0.03 : 0);
      return effect + drift + noise() - (drift + noise());
    });
  }

  test('intervals at the default number of blocks hold the truth in 93 to 97 % of cases', () => {
    const random = makeRandom(11);
    const trials = 8_000;
    let covered = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      const effect = effectOf(simulate(random, 5, 0.05));
      const truth = Math.expm1(0.05);
      if (effect !== null && effect.low <= truth && truth <= effect.high) covered += 1;
    }
    expect(covered / trials).toBeGreaterThan(0.93);
    expect(covered / trials).toBeLessThan(0.97);
  });

  test('looking early calls one of two equal arms faster in 5 % of cases at most', () => {
    const random = makeRandom(12);
    const looks = planLooks(5, true);
    expect(looks.length).toBeGreaterThan(1);
    const trials = 8_000;
    let faster = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      const logRatios = simulate(random, 5, 0);
      const called = looks.some(
        ({ blocks, alpha }) => (effectOf(logRatios.slice(0, blocks), alpha)?.low ?? 0) > 0,
      );
      if (called) faster += 1;
    }
    expect(faster / trials).toBeLessThan(0.05);
  });
});
