// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from 'react';
import type { LayerMetrics } from '#shared/contract/experts.ts';
import type { Effect } from '#shared/contract/comparison.ts';
import { formatDurationNs, formatPercent } from '#shared/base/units.ts';
import type { HeatmapData } from '#renderer/charts/heatmap-option.ts';
import {
  HeatmapChart,
  heatmapPicture,
  LinesChart,
  linesPicture,
  RangesChart,
  rangesPicture,
} from '#renderer/charts/index.tsx';
import { Segmented } from '#renderer/widgets/Segmented.tsx';
import { gainBand, type GainBand } from '../model/gain.ts';
import type { LayerTime, MeasuredEstimate } from '../model/layer-times.ts';
import { gridTable, linesTable } from '../model/table-file.ts';
import { SaveMenu } from './SaveMenu.tsx';

interface GainRangesProps {
  readonly band: GainBand | null;
  readonly estimate: MeasuredEstimate | null;
  readonly effect: Effect | null;
}

function rangesOf({ band, estimate, effect }: GainRangesProps) {
  const { byTokens, byActive } = band ?? { byTokens: null, byActive: null };
  return [
    ...(byTokens === null || byActive === null
      ? []
      : [{ name: 'estimated', low: Math.min(byTokens, byActive), high: Math.max(byTokens, byActive) }]),
    ...(estimate === null ? [] : [{ name: 'by measured times', low: estimate.gain, high: estimate.gain }]),
    ...(effect === null ? [] : [{ name: 'perfect router', low: effect.low, high: effect.high }]),
  ];
}

/** The estimates and the measurement below each other, on one axis. */
export function GainRanges(props: GainRangesProps) {
  const { band, estimate, effect } = props;
  const data = useMemo(
    () => ({ rows: rangesOf({ band, estimate, effect }), xName: 'gain', text: formatPercent }),
    [band, estimate, effect],
  );
  if (data.rows.length === 0) return null;
  return (
    <section className="expert-panel" aria-label="Estimated and measured gain">
      <div className="expert-panel__title expert-panel__title--controls">
        <h2 title="Estimate as a band, measurement as its 95 % interval">Estimated and measured gain</h2>
        <SaveMenu
          of="gain"
          name="gain-ranges"
          table={() => ({
            columns: ['figure', 'low', 'high'],
            rows: data.rows.map(({ name, low, high }) => [name, low, high]),
          })}
          picture={(format) => rangesPicture(data, format)}
        />
      </div>
      <div className="expert-panel__chart">
        <RangesChart
          label={`Gain from balance: ${data.rows.map(({ name }) => name).join(', ')}`}
          data={data}
        />
      </div>
    </section>
  );
}

interface GainByLayerProps {
  readonly metrics: readonly LayerMetrics[];
  readonly share: number;
  readonly layer: number;
  readonly onSelectLayer: (layer: number) => void;
}

/** What balancing one layer alone would gain. */
export function GainByLayer({ metrics, share, layer, onSelectLayer }: GainByLayerProps) {
  const data = useMemo(() => {
    const bands = metrics.map((of) => gainBand(metrics, share, [of]));
    return {
      xs: metrics.map((of) => of.layer),
      xName: 'layer',
      yName: 'gain',
      text: formatPercent,
      axisText: formatPercent,
      selected: metrics.findIndex((of) => of.layer === layer),
      series: [
        { name: 'by tokens', as: 'bars' as const, values: bands.map(({ byTokens }) => byTokens) },
        { name: 'by active experts', as: 'bars' as const, values: bands.map(({ byActive }) => byActive) },
      ],
    };
  }, [metrics, share, layer]);
  return (
    <section className="expert-panel" aria-label="Gain of each layer">
      <div className="expert-panel__title expert-panel__title--controls">
        <h2>Gain of each layer alone</h2>
        <SaveMenu
          of="gain of layers"
          name="gain-layers"
          table={() => linesTable(data)}
          picture={(format) => linesPicture(data, format)}
        />
      </div>
      <div className="expert-panel__chart">
        <LinesChart
          label={`Gain of balancing each of ${metrics.length} layers`}
          data={data}
          onSelect={(at) => {
            const chosen = metrics[at];
            if (chosen !== undefined) onSelectLayer(chosen.layer);
          }}
        />
      </div>
    </section>
  );
}

const SCALES = [
  { value: 'mean', label: 'Over the mean' },
  { value: 'absolute', label: 'Time' },
] as const;

interface TimeMapProps {
  readonly layers: readonly LayerTime[];
  readonly layer: number;
  readonly onSelectLayer: (layer: number) => void;
}

/** Expert computing of each layer and rank. */
export function TimeMap({ layers, layer, onSelectLayer }: TimeMapProps) {
  // The only rank is its own mean.
  const isAlone = layers[0]?.rankNs.length === 1;
  const [scale, setScale] = useState<HeatmapData['scale']>(isAlone ? 'absolute' : 'mean');
  const data = useMemo(
    () => ({
      rows: layers.map((of) => of.layer),
      rowName: 'layer' as const,
      columns: layers[0]?.rankNs.length ?? 0,
      columnName: 'rank' as const,
      values: Float64Array.from(layers.flatMap(({ rankNs }) => rankNs)),
      measure: { name: 'expert computing', text: formatDurationNs },
      selected: layers.findIndex((of) => of.layer === layer),
      scale,
    }),
    [layers, layer, scale],
  );
  return (
    <section className="expert-panel" aria-label="Expert time of layers and ranks">
      <div className="expert-panel__title expert-panel__title--controls">
        <h2>Expert time, layer × rank</h2>
        <Segmented label="Scale of the time map" value={scale} segments={SCALES} onChange={setScale} />
        <SaveMenu
          of="time map"
          name="expert-time"
          table={() => gridTable('layer', 'rank', data.rows, data.columns, data.values, 'ns')}
          picture={(format) => heatmapPicture(data, format)}
        />
      </div>
      <div className="expert-panel__chart">
        <HeatmapChart
          label={`Expert time of ${data.columns === 1 ? '1 rank' : `${data.columns} ranks`} in ${data.rows.length} layers`}
          data={data}
          onSelectRow={(at) => {
            const chosen = layers[at];
            if (chosen !== undefined) onSelectLayer(chosen.layer);
          }}
        />
      </div>
    </section>
  );
}
