// SPDX-License-Identifier: Apache-2.0
import type { SliceDetails } from '#shared/contract/engine.ts';
import type { FoundSlice } from '#shared/contract/search.ts';
import { formatCount, formatDurationNs } from '#shared/base/units.ts';
import { plural } from '#renderer/base/format.ts';
import { Histogram } from '#renderer/widgets/Histogram.tsx';
import { IconButton } from '#renderer/widgets/IconButton.tsx';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { definitions } from '../model/definitions.ts';
import type { ReadyTrace } from '../model/ready.ts';
import { binOf, nameFigures } from '../model/same-name.ts';
import { DetailEntry } from './DetailEntry.tsx';
import { RankNames } from './RankNames.tsx';
import { useSameName, type SameName } from './use-same-name.ts';

/** How long the slices of the selected one's name are, and the way to the one before and after it. */

interface StepsProps {
  readonly answer: SameName;
  readonly details: SliceDetails;
  readonly onGo: (row: number) => void;
}

function Steps({ answer: { neighbours, row }, details, onGo }: StepsProps) {
  // What is known of the former slice leads to where one is already.
  const isStale = row !== details.row;
  const step = (icon: 'left' | 'chevron', label: string, shortcut: string, found: FoundSlice | null) => (
    <IconButton
      icon={icon}
      label={label}
      shortcut={shortcut}
      small
      disabled={found === null || isStale}
      onClick={() => {
        if (found !== null) onGo(found.row);
      }}
    />
  );
  return (
    <>
      {step('left', 'Previous of this name', ',', neighbours.previous)}
      {step('chevron', 'Next of this name', '.', neighbours.next)}
    </>
  );
}

function Figures({ answer }: { readonly answer: SameName }) {
  return (
    <dl className="trace-same__figures">
      {nameFigures(answer.statistics.durations).map(({ key, label, value }) => (
        <DetailEntry key={key} label={label} definition={definitions[key]}>
          {value}
        </DetailEntry>
      ))}
    </dl>
  );
}

interface SameNameSectionProps {
  /** All of the set, of which `ready` is one. */
  readonly traces: readonly ReadyTrace[];
  readonly ready: ReadyTrace;
  readonly details: SliceDetails;
  readonly onGo: (row: number) => void;
}

export function SameNameSection({ traces, ready, details, onGo }: SameNameSectionProps) {
  const answer = useSameName(ready, details);
  if (answer === null) return null;
  if ('message' in answer) return <Notice severity="error">{answer.message}</Notice>;
  const { counts, edgesNs, durations } = answer.statistics;
  const shortest = formatDurationNs(durations.minNs);
  const longest = formatDurationNs(durations.maxNs);
  return (
    <section className="trace-same" aria-label="Slices of this name">
      <div className="trace-same__head">
        <h3 className="trace-details__heading">
          {plural(durations.count, 'slice')} of this name in {ready.label}
        </h3>
        <Steps answer={answer} details={details} onGo={onGo} />
      </div>
      {counts.length > 1 && (
        <Histogram
          label={`Durations from ${shortest} to ${longest}, on a logarithmic axis. The selected slice takes ${formatDurationNs(details.durNs)}.`}
          counts={counts}
          marked={binOf(edgesNs, details.durNs)}
          from={shortest}
          to={longest}
          describe={(bin, count) =>
            `${formatDurationNs(edgesNs[bin] ?? 0)} to ${formatDurationNs(edgesNs[bin + 1] ?? 0)}: ${formatCount(count)}`
          }
        />
      )}
      <Figures answer={answer} />
      <RankNames traces={traces} name={details.name} />
    </section>
  );
}
