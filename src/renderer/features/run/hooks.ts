// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import type { RunManifest, RunState } from '#shared/contract/run.ts';
import { follow } from '#renderer/base/follow.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { notifyFailure } from '#renderer/stores/notices.ts';
import { takeLines, useRuns } from '#renderer/stores/runs.ts';

/** The run's manifest, read anew when its state changes or it was ingested again; the older one stays until the new one is here. */
export function useManifest(id: string, state: RunState): RunManifest | null {
  const [manifest, setManifest] = useState<RunManifest | null>(null);
  const ingests = useRuns((runs) => runs.live[id]?.ingests ?? 0);
  useEffect(() => follow(invoke('runs.get', { id }), setManifest, notifyFailure), [id, state, ingests]);
  return manifest;
}

/** Brings the iteration lines of a run into the store: those written before anyone looked, and all at its end. */
export function useIterationLines(id: string, ended: boolean): void {
  useEffect(() => {
    invoke('runs.iterationLines', { id }).then((lines) => {
      takeLines(id, lines);
    }, notifyFailure);
  }, [id, ended]);
}
