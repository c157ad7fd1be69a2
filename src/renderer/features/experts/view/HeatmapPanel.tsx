// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from 'react';
import type { ExpertHeatmap, ExpertPlan } from '#shared/contract/experts.ts';
import { HeatmapChart, heatmapPicture } from '#renderer/charts/index.tsx';
import { Segmented } from '#renderer/widgets/Segmented.tsx';
import { layerHeatmap, type HeatmapColumns, type HeatmapScale } from '../model/heatmaps.ts';
import { placedHeatmap } from '../model/placed.ts';
import { gridTable } from '../model/table-file.ts';
import { SaveMenu } from './SaveMenu.tsx';

const COLUMNS = [
  { value: 'experts', label: 'Experts' },
  { value: 'ranks', label: 'Ranks' },
] as const;
const SCALES = [
  { value: 'mean', label: 'Over the mean' },
  { value: 'absolute', label: 'Tokens' },
] as const;

interface HeatmapPanelProps {
  readonly heatmap: ExpertHeatmap | undefined;
  /** Whose ranks are shown instead of contiguous blocks. */
  readonly plan: ExpertPlan | undefined;
  readonly layer: number;
  readonly ranks: number;
  readonly onSelectLayer: (layer: number) => void;
}

/** All layers at a glance; a click chooses a layer. The layer list does the same by keyboard. */
export function HeatmapPanel({ heatmap, plan, layer, ranks, onSelectLayer }: HeatmapPanelProps) {
  const [over, setOver] = useState<HeatmapColumns>('experts');
  const [scale, setScale] = useState<HeatmapScale>('mean');
  const data = useMemo(() => {
    if (heatmap === undefined) return undefined;
    if (plan !== undefined) return placedHeatmap(heatmap, plan, over, layer, scale);
    return layerHeatmap(heatmap, over, ranks, layer, scale);
  }, [heatmap, plan, over, ranks, layer, scale]);
  const unit = scale === 'mean' ? 'each over its layer’s mean' : 'in tokens';
  return (
    <section className="expert-panel" aria-label="All layers">
      <div className="expert-panel__title expert-panel__title--controls">
        <h2>Layer × {over === 'ranks' ? 'rank' : 'expert'}</h2>
        <Segmented label="Columns of the heat map" value={over} segments={COLUMNS} onChange={setOver} />
        <Segmented label="Scale of the heat map" value={scale} segments={SCALES} onChange={setScale} />
        {data !== undefined && (
          <SaveMenu
            of="heat map"
            name="layers"
            table={() => gridTable('layer', data.columnName, data.rows, data.columns, data.values)}
            picture={(format) => heatmapPicture(data, format)}
          />
        )}
      </div>
      <div className="expert-panel__chart">
        {data !== undefined && (
          <HeatmapChart
            label={`Load of ${data.columns} ${over} in ${data.rows.length} layers, ${unit}`}
            data={data}
            onSelectRow={(at) => {
              const chosen = data.rows[at];
              if (chosen !== undefined) onSelectLayer(chosen);
            }}
          />
        )}
      </div>
    </section>
  );
}
