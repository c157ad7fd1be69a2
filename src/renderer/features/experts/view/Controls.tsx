// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import type { ExpertSummary } from '#shared/contract/experts.ts';
import { NumberField } from '#renderer/widgets/NumberField.tsx';
import { Button } from '#renderer/widgets/Button.tsx';
import { Select } from '#renderer/widgets/Select.tsx';
import { rankChoices } from '../model/bars.ts';
import type { PlacedPlan } from '../model/placed.ts';
import { checkWindow, type IterationBounds } from '../model/iteration-window.ts';

/** What the view shows: iterations, ranks and order. A wrong window changes nothing and says why. */

interface WindowFieldsProps {
  readonly bounds: IterationBounds;
  /** What is shown. */
  readonly window: IterationBounds;
  /** What was chosen for the whole run, here or in its timeline; null for all iterations. */
  readonly chosen: IterationBounds | null;
  /** Where what is shown differs from what was chosen. */
  readonly message: string | null;
  readonly onWindow: (window: IterationBounds) => void;
}

interface WindowDraft {
  readonly from: string;
  readonly to: string;
  readonly of: IterationBounds | null;
}

function WindowFields({ bounds, window, chosen, message, onWindow }: WindowFieldsProps) {
  const [draft, setDraft] = useState<WindowDraft | null>(null);
  // What was typed stands until another window is chosen elsewhere.
  const typed = draft?.of === chosen ? draft : null;
  const from = typed?.from ?? window.first.toString();
  const to = typed?.to ?? window.last.toString();
  const change = (nextFrom: string, nextTo: string): void => {
    const { window: next } = checkWindow(nextFrom, nextTo, bounds);
    setDraft({ from: nextFrom, to: nextTo, of: next ?? chosen });
    if (next !== null) onWindow(next);
  };
  const limits = { min: bounds.first, max: bounds.last, whole: true };
  return (
    <>
      <NumberField {...limits} label="First iteration" value={from} onChange={(next) => change(next, to)} />
      <NumberField {...limits} label="Last iteration" value={to} onChange={(next) => change(from, next)} />
      <p className="expert-controls__message" role="status">
        {checkWindow(from, to, bounds).message ?? message}
      </p>
    </>
  );
}

interface ControlsProps {
  readonly summary: ExpertSummary;
  readonly bounds: IterationBounds;
  readonly window: IterationBounds;
  /** As it was chosen for the whole run; null for all iterations. */
  readonly chosen: IterationBounds | null;
  readonly message: string | null;
  readonly layer: number;
  readonly ranks: number;
  readonly onWindow: (window: IterationBounds | null) => void;
  readonly onLayer: (layer: number) => void;
  readonly placed: PlacedPlan | null;
  readonly isPlaced: boolean;
  /** Contiguous blocks on so many ranks, or the plan. */
  readonly onPlacement: (placement: number | 'plan') => void;
}

export function Controls(props: ControlsProps) {
  const { summary, bounds, window, chosen, message, layer, ranks } = props;
  const { placed, isPlaced, onWindow, onLayer, onPlacement } = props;
  const choices = rankChoices(summary.experts).map((count) => ({
    value: count.toString(),
    label: `Contiguous: ${count} ranks × ${summary.experts / count} experts`,
  }));
  if (placed !== null) {
    choices.push({ value: 'plan', label: `${placed.title}: ${placed.slots} slots on ${placed.ranks} ranks` });
  }
  return (
    <div className="expert-controls">
      <Select
        label="Layer"
        value={layer.toString()}
        options={summary.layers.map((of) => ({ value: of.toString(), label: `Layer ${of}` }))}
        onChange={(next) => onLayer(Number(next))}
      />
      <WindowFields bounds={bounds} window={window} chosen={chosen} message={message} onWindow={onWindow} />
      {chosen !== null && (
        <Button variant="quiet" onClick={() => onWindow(null)}>
          All iterations
        </Button>
      )}
      <Select
        label="Placement"
        value={isPlaced ? 'plan' : ranks.toString()}
        options={choices}
        onChange={(next) => onPlacement(next === 'plan' ? next : Number(next))}
      />
    </div>
  );
}
