// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import type { Comparison, ComparisonAnswer } from '#shared/contract/comparison.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { notifyFailure } from '#renderer/stores/notices.ts';

/** What the finished passes say: asked anew when one more has ended; the older answer stays until then. */
export function useComparisonAnswer({ id, passes, state }: Comparison): ComparisonAnswer | null {
  const [answer, setAnswer] = useState<ComparisonAnswer | null>(null);
  useEffect(() => {
    let current = true;
    invoke('compare.answer', { id }).then((found) => {
      if (current) setAnswer(found);
    }, notifyFailure);
    return () => {
      current = false;
    };
  }, [id, passes.length, state]);
  return answer;
}
