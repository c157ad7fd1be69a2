// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { toFailure } from '#shared/base/errors.ts';
import type { SliceDetails } from '#shared/contract/engine.ts';
import type { NameStatistics, Neighbours } from '#shared/contract/search.ts';
import { follow } from '#renderer/base/follow.ts';
import type { ReadyTrace } from '../model/ready.ts';

/** The slices of a name, and which of them lie before and after the one that is asked about. */
export interface SameName {
  readonly name: string;
  readonly row: number;
  readonly statistics: NameStatistics;
  readonly neighbours: Neighbours;
}

export type SameNameState = SameName | { readonly message: string } | null;

async function load({ session }: ReadyTrace, { name, row }: SliceDetails): Promise<SameNameState> {
  const [statistics, neighbours] = await Promise.all([session.nameStatistics(name), session.neighbours(row)]);
  return statistics === null ? null : { name, row, statistics, neighbours };
}

/** Follows a slice; the former answer stays until the next one is there, unless it is about another name. */
export function useSameName(ready: ReadyTrace, details: SliceDetails): SameNameState {
  const [answer, setAnswer] = useState<SameNameState>(null);
  useEffect(
    () =>
      follow(load(ready, details), setAnswer, (thrown) => setAnswer({ message: toFailure(thrown).message })),
    [ready, details],
  );
  const isOther = answer !== null && 'name' in answer && answer.name !== details.name;
  return isOther ? null : answer;
}
