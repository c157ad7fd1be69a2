// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, type KeyboardEvent } from 'react';
import type { LayerMetrics } from '#shared/contract/experts.ts';
import { formatRatio } from '#shared/base/units.ts';

/** Choosing a layer: each with its imbalance over ranks, as a figure and as a bar. Arrow keys move. */

interface LayerListProps {
  readonly layers: readonly number[];
  readonly metrics: readonly LayerMetrics[];
  readonly selected: number;
  readonly onSelect: (layer: number) => void;
}

const STEPS: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => Math.min(at + 1, count - 1),
  ArrowUp: (at) => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_, count) => count - 1,
};

export function LayerList({ layers, metrics, selected, onSelect }: LayerListProps) {
  const byLayer = new Map(metrics.map((of) => [of.layer, of]));
  const most = metrics.reduce((found, { rankImbalanceMean }) => Math.max(found, rankImbalanceMean ?? 0), 0);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [selected]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = layers[STEPS[event.key]?.(layers.indexOf(selected), layers.length) ?? -1];
    if (next === undefined) return;
    event.preventDefault();
    onSelect(next);
  };
  return (
    <ul
      ref={list}
      className="layer-list"
      role="listbox"
      aria-label="Layers, with their imbalance over ranks"
      aria-activedescendant={`layer-${selected}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      {layers.map((layer) => (
        <LayerOption
          key={layer}
          layer={layer}
          imbalance={byLayer.get(layer)?.rankImbalanceMean}
          most={most}
          selected={layer === selected}
          onSelect={onSelect}
        />
      ))}
    </ul>
  );
}

interface LayerOptionProps {
  readonly layer: number;
  /** Undefined until it is known, null where it cannot be answered. */
  readonly imbalance: number | null | undefined;
  readonly most: number;
  readonly selected: boolean;
  readonly onSelect: (layer: number) => void;
}

function LayerOption({ layer, imbalance, most, selected, onSelect }: LayerOptionProps) {
  const share = most === 0 ? 0 : (imbalance ?? 0) / most;
  const text = imbalance === null ? 'cannot answer' : imbalance === undefined ? '' : formatRatio(imbalance);
  return (
    <li
      id={`layer-${layer}`}
      role="option"
      aria-selected={selected}
      className="layer-list__option"
      onClick={() => onSelect(layer)}
    >
      <span>Layer {layer}</span>
      <span className="layer-list__bar" aria-hidden="true">
        <span style={{ width: `${share * 100}%` }} />
      </span>
      <span className="layer-list__value">{text}</span>
    </li>
  );
}
