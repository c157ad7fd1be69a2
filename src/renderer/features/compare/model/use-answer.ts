// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import type { Comparison, ComparisonAnswer } from '#shared/contract/comparison.ts';
import { follow } from '#renderer/base/follow.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { notifyFailure } from '#renderer/stores/notices.ts';

/** What the finished passes say: asked anew when one more has ended; the older answer stays until then. */
export function useComparisonAnswer({ id, passes, state }: Comparison): ComparisonAnswer | null {
  const [answer, setAnswer] = useState<ComparisonAnswer | null>(null);
  useEffect(
    () => follow(invoke('compare.answer', { id }), setAnswer, notifyFailure),
    [id, passes.length, state],
  );
  return answer;
}
