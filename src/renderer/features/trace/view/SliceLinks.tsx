// SPDX-License-Identifier: Apache-2.0
import type { SliceDetails } from '#shared/contract/engine.ts';
import { formatCount, formatDurationNs } from '#shared/base/units.ts';
import { shortName } from '#renderer/timeline/text.ts';
import { definitions } from '../model/definitions.ts';
import { DetailEntry } from './DetailEntry.tsx';
import type { SliceAnswer, SliceFlow } from './use-slice.ts';

/** What a slice is joined to: its launch or what it launched, the arrows of the trace, and what it lies in. */

interface SliceLinkProps {
  readonly details: SliceDetails;
  readonly note: string;
  readonly onGo: (row: number) => void;
}

function SliceLink({ details, note, onGo }: SliceLinkProps) {
  return (
    <button
      type="button"
      className="trace-details__link"
      title={details.name}
      onClick={() => onGo(details.row)}
    >
      <span className="trace-details__link-name">{shortName(details.name)}</span>
      <span className="trace-details__link-time">{note}</span>
    </button>
  );
}

const More = ({ count }: { readonly count: number }) =>
  count > 0 && <span className="trace-note">and {formatCount(count)} more</span>;

interface FlowsProps {
  readonly label: string;
  readonly flows: readonly SliceFlow[];
  readonly count: number;
  readonly onGo: (row: number) => void;
}

function Flows({ label, flows, count, onGo }: FlowsProps) {
  if (flows.length === 0) return null;
  return (
    <DetailEntry label={label} definition={definitions.flow}>
      {flows.map(({ category, details }, at) => (
        <SliceLink
          key={at}
          details={details}
          note={category === '' ? formatDurationNs(details.durNs) : category}
          onGo={onGo}
        />
      ))}
      <More count={count - flows.length} />
    </DetailEntry>
  );
}

interface SliceLinksProps {
  readonly answer: SliceAnswer;
  readonly onGo: (row: number) => void;
}

export function SliceLinks({ answer, onGo }: SliceLinksProps) {
  const { details, parents, partners, flowsIn, flowsOut } = answer;
  const launched = partners.some(({ startNs }) => startNs >= details.startNs);
  return (
    <>
      {details.launchDelayNs !== null && (
        <DetailEntry label="Launch delay" definition={definitions.launchDelay}>
          {formatDurationNs(details.launchDelayNs)}
        </DetailEntry>
      )}
      {partners.length > 0 && (
        <DetailEntry label={launched ? 'Launched' : 'Launched by'}>
          {partners.map((partner) => (
            <SliceLink
              key={partner.row}
              details={partner}
              note={formatDurationNs(partner.durNs)}
              onGo={onGo}
            />
          ))}
          <More count={details.partnerRows.length - partners.length} />
        </DetailEntry>
      )}
      <Flows label="Flows in" flows={flowsIn} count={answer.flowsInCount} onGo={onGo} />
      <Flows label="Flows out" flows={flowsOut} count={answer.flowsOutCount} onGo={onGo} />
      {parents.length > 0 && (
        <DetailEntry label="Inside">
          {parents.map((parent) => (
            <SliceLink key={parent.row} details={parent} note={formatDurationNs(parent.durNs)} onGo={onGo} />
          ))}
        </DetailEntry>
      )}
    </>
  );
}
