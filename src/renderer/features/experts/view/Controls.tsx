// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import type { ExpertSummary } from '#shared/contract/experts.ts';
import { NumberField } from '#renderer/widgets/NumberField.tsx';
import { Segmented } from '#renderer/widgets/Segmented.tsx';
import { Select } from '#renderer/widgets/Select.tsx';
import { rankChoices, type BarOrder } from '../model/bars.ts';
import { checkWindow, type IterationBounds } from '../model/iteration-window.ts';

/** What the view shows: iterations, ranks and order. A wrong window changes nothing and says why. */

interface WindowFieldsProps {
  readonly bounds: IterationBounds;
  readonly onWindow: (window: IterationBounds) => void;
}

function WindowFields({ bounds, onWindow }: WindowFieldsProps) {
  const [from, setFrom] = useState(bounds.first.toString());
  const [to, setTo] = useState(bounds.last.toString());
  const { message } = checkWindow(from, to, bounds);
  const change = (nextFrom: string, nextTo: string): void => {
    setFrom(nextFrom);
    setTo(nextTo);
    const { window } = checkWindow(nextFrom, nextTo, bounds);
    if (window !== null) onWindow(window);
  };
  const limits = { min: bounds.first, max: bounds.last, whole: true };
  return (
    <>
      <NumberField {...limits} label="First iteration" value={from} onChange={(next) => change(next, to)} />
      <NumberField {...limits} label="Last iteration" value={to} onChange={(next) => change(from, next)} />
      <p className="expert-controls__message" role="status">
        {message}
      </p>
    </>
  );
}

interface ControlsProps {
  readonly summary: ExpertSummary;
  readonly bounds: IterationBounds;
  readonly ranks: number;
  readonly order: BarOrder;
  readonly onWindow: (window: IterationBounds) => void;
  readonly onRanks: (ranks: number) => void;
  readonly onOrder: (order: BarOrder) => void;
}

const ORDERS = [
  { value: 'id', label: 'By id' },
  { value: 'load', label: 'By load' },
] as const;

export function Controls(props: ControlsProps) {
  const { summary, bounds, ranks, order, onWindow, onRanks, onOrder } = props;
  const choices = rankChoices(summary.experts).map((count) => ({
    value: count.toString(),
    label: `${count} ranks × ${summary.experts / count} experts`,
  }));
  return (
    <div className="expert-controls">
      <WindowFields bounds={bounds} onWindow={onWindow} />
      <Select
        label="Placement: contiguous on"
        value={ranks.toString()}
        options={choices}
        onChange={(next) => onRanks(Number(next))}
      />
      <Segmented label="Order of experts" value={order} segments={ORDERS} onChange={onOrder} />
    </div>
  );
}
