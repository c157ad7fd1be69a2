// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import type { ExpertSummary } from '#shared/contract/experts.ts';
import { NumberField } from '#renderer/widgets/NumberField.tsx';
import { Button } from '#renderer/widgets/Button.tsx';
import { Select } from '#renderer/widgets/Select.tsx';
import { rankChoices } from '../model/bars.ts';
import { checkWindow, type IterationBounds } from '../model/iteration-window.ts';

/** What the view shows: iterations, ranks and order. A wrong window changes nothing and says why. */

interface WindowFieldsProps {
  readonly bounds: IterationBounds;
  /** What the fields begin with. */
  readonly window: IterationBounds;
  readonly onWindow: (window: IterationBounds) => void;
}

function WindowFields({ bounds, window: begin, onWindow }: WindowFieldsProps) {
  const [from, setFrom] = useState(begin.first.toString());
  const [to, setTo] = useState(begin.last.toString());
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
  readonly window: IterationBounds;
  /** Counts windows that were chosen elsewhere: the fields then begin anew. */
  readonly picked: number;
  readonly layer: number;
  readonly ranks: number;
  readonly onWindow: (window: IterationBounds) => void;
  readonly onAllIterations: () => void;
  readonly onLayer: (layer: number) => void;
  readonly onRanks: (ranks: number) => void;
}

export function Controls(props: ControlsProps) {
  const { summary, bounds, window, picked, layer, ranks } = props;
  const { onWindow, onAllIterations, onLayer, onRanks } = props;
  const choices = rankChoices(summary.experts).map((count) => ({
    value: count.toString(),
    label: `${count} ranks × ${summary.experts / count} experts`,
  }));
  const isAll = window.first === bounds.first && window.last === bounds.last;
  return (
    <div className="expert-controls">
      <Select
        label="Layer"
        value={layer.toString()}
        options={summary.layers.map((of) => ({ value: of.toString(), label: `Layer ${of}` }))}
        onChange={(next) => onLayer(Number(next))}
      />
      <WindowFields key={picked} bounds={bounds} window={window} onWindow={onWindow} />
      {!isAll && (
        <Button variant="quiet" onClick={onAllIterations}>
          All iterations
        </Button>
      )}
      <Select
        label="Placement: contiguous on"
        value={ranks.toString()}
        options={choices}
        onChange={(next) => onRanks(Number(next))}
      />
    </div>
  );
}
