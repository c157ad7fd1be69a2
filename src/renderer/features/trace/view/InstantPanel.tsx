// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { toFailure } from '#shared/base/errors.ts';
import type { InstantDetails } from '#shared/contract/points.ts';
import { follow } from '#renderer/base/follow.ts';
import type { SelectedInstant } from '#renderer/stores/trace-view.ts';
import { Notice } from '#renderer/widgets/Notice.tsx';
import type { ReadyTrace } from '../model/ready.ts';
import { DetailEntry } from './DetailEntry.tsx';
import { Arguments, KindEntries, Times } from './SlicePanel.tsx';

/** Everything about one moment. */

type InstantState = { readonly details: InstantDetails } | { readonly message: string } | null;

function useInstant(ready: ReadyTrace | undefined, index: number): InstantState {
  const [answer, setAnswer] = useState<InstantState>(null);
  useEffect(() => {
    if (ready === undefined) return undefined;
    return follow(
      ready.session.instant(index),
      (details) => setAnswer({ details }),
      (thrown) => setAnswer({ message: toFailure(thrown).message }),
    );
  }, [ready, index]);
  return answer;
}

interface InstantPanelProps {
  readonly traces: readonly ReadyTrace[];
  readonly instant: SelectedInstant;
}

export function InstantPanel({ traces, instant }: InstantPanelProps) {
  const ready = traces.find(({ session }) => session.source.sourceId === instant.sourceId);
  const answer = useInstant(ready, instant.index);
  if (answer === null || ready === undefined) return null;
  if ('message' in answer) return <Notice severity="error">{answer.message}</Notice>;
  const { details } = answer;
  return (
    <>
      <h2 className="trace-details__name selectable">{details.name}</h2>
      <dl className="trace-details__entries">
        <DetailEntry label="What">a moment without length</DetailEntry>
        <KindEntries details={details} />
        <Times ready={ready} details={{ trackId: details.trackId, startNs: details.timeNs }} />
      </dl>
      <Arguments details={details} />
    </>
  );
}
