// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { rankOfName } from '#main/services/rank-name.ts';

test.each([
  ['trace-rank-3.json', 3],
  ['rank12.sqlite.gz', 12],
  ['nsys_worker_proc_GEN_0_7.nsys-rep', 7],
  ['nsys_worker_proc_CTX_1_10.sqlite', 10],
  ['1767225600.5-TP-3.trace.json.gz', 3],
  ['1767225600.5-TP-3-DP-1-PP-0-EP-2.trace.json.gz', 3],
  ['trace-2026.json', undefined],
])('the rank of %s is %s', (name, rank) => {
  expect(rankOfName(name)).toBe(rank);
});
