// SPDX-License-Identifier: Apache-2.0
import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { Icon, type IconName } from './Icon.tsx';
import { Tooltip } from './Tooltip.tsx';
import './segmented.css';

interface Segment<T extends string> {
  readonly value: T;
  readonly label: string;
  /** Shown instead of the label, which then is the tooltip. */
  readonly icon?: IconName;
}

interface SegmentedProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly segments: readonly Segment<T>[];
  readonly onChange: (value: T) => void;
}

/** A choice of few, all visible; arrow keys move it. */
export function Segmented<T extends string>({ label, value, segments, onChange }: SegmentedProps<T>) {
  return (
    <RadioGroup
      className="segmented"
      aria-label={label}
      value={value}
      onValueChange={(next) => {
        onChange(next);
      }}
    >
      {segments.map((segment) => {
        const radio = (
          <Radio.Root
            key={segment.value}
            value={segment.value}
            className="segmented__item"
            aria-label={segment.label}
          >
            {segment.icon === undefined ? segment.label : <Icon name={segment.icon} />}
          </Radio.Root>
        );
        if (segment.icon === undefined) return radio;
        return (
          <Tooltip key={segment.value} content={segment.label}>
            {radio}
          </Tooltip>
        );
      })}
    </RadioGroup>
  );
}
