// SPDX-License-Identifier: Apache-2.0
import { Select } from '#renderer/widgets/Select.tsx';
import type { ReadyTrace } from '../model/ready.ts';

interface TraceSelectProps {
  readonly traces: readonly ReadyTrace[];
  /** Id of a source. */
  readonly value: string;
  readonly onChange: (sourceId: string) => void;
  readonly label?: string;
}

/** Which of several traces; nothing where there is but one. */
export function TraceSelect({ traces, value, onChange, label = 'Trace' }: TraceSelectProps) {
  if (traces.length < 2) return null;
  return (
    <Select
      label={label}
      value={value}
      onChange={onChange}
      options={traces.map(({ session, label: name }) => ({ value: session.source.sourceId, label: name }))}
    />
  );
}
