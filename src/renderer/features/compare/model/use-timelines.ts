// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import type { Source, SourceSet } from '#shared/contract/app.ts';
import type { Comparison } from '#shared/contract/comparison.ts';
import { follow } from '#renderer/base/follow.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { notifyFailure } from '#renderer/stores/notices.ts';

/** The traces of both profiled passes as one set: all of A above all of B. Null until they are known. */
export function useTimelines({ request, passes }: Comparison): SourceSet | null {
  const [set, setSet] = useState<SourceSet | null>(null);
  const runOf = (arm: 'a' | 'b'): string | undefined =>
    passes.find((pass) => pass.purpose === 'profile' && pass.arm === arm)?.runId;
  const [runA, runB] = [runOf('a'), runOf('b')];
  const [labelA, labelB] = [request.a.label, request.b.label];
  useEffect(() => {
    if (runA === undefined || runB === undefined) return undefined;
    const ofRun = async (id: string, label: string): Promise<Source[]> => {
      const { sources } = await invoke('sources.ofRun', { id });
      return sources.filter(({ kind }) => kind === 'trace').map((source) => ({ ...source, group: label }));
    };
    return follow(
      Promise.all([ofRun(runA, labelA), ofRun(runB, labelB)]),
      ([a, b]) => setSet({ title: `${labelA} above ${labelB}`, sources: [...a, ...b] }),
      notifyFailure,
    );
  }, [runA, runB, labelA, labelB]);
  return set;
}
