// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { hasOneRank } from '#main/compare/ranks.ts';
import { makeForm } from '../../builders/recipe.ts';

test.each([
  [{ 'ep-size': 1 }, true],
  [{ 'ep-size': 2 }, false],
  [{ ep: '', tp: 1 }, true],
  [{ ep: '', tp: 1, pp: 2 }, false],
  [{ ep: '1', tp: 4 }, true],
  [{ ep: '', tp: 1, dp: 2 }, false],
  [{ script: 'run.sh' }, false],
])('parameters %j are one rank: %s', (parameters, one) => {
  expect(hasOneRank(makeForm({ parameters }))).toBe(one);
});
