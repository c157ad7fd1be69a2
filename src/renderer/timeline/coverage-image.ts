// SPDX-License-Identifier: Apache-2.0
import { FULL_SHARE, type CoverageColumn } from '#shared/trace/coverage.ts';
import { kindNames, type KindName } from '#shared/trace/kinds.ts';
import type { Palette } from './palette.ts';

/** Coverage as stacked columns, one pixel wide for each unit: drawn once when it came, stretched in each frame. */

/** Ranges say where one is, not that anything works. */
const RANGES: ReadonlySet<KindName> = new Set<KindName>(['annotation', 'step marker']);
const isWork = ({ kind }: CoverageColumn): boolean => !RANGES.has(kindNames[kind] ?? 'other');

const images = new WeakMap<readonly CoverageColumn[], { palette: Palette; image: OffscreenCanvas }>();

export function coverageImage(
  columns: readonly CoverageColumn[],
  units: number,
  height: number,
  palette: Palette,
): OffscreenCanvas {
  const kept = images.get(columns);
  if (kept?.palette === palette && kept.image.height === height) return kept.image;
  const image = new OffscreenCanvas(units, height);
  const ctx = image.getContext('2d');
  if (ctx !== null) drawColumns(ctx, columns.filter(isWork), units, height, palette);
  images.set(columns, { palette, image });
  return image;
}

function drawColumns(
  ctx: OffscreenCanvasRenderingContext2D,
  columns: readonly CoverageColumn[],
  units: number,
  height: number,
  palette: Palette,
): void {
  const filled = new Float32Array(units);
  for (const { kind, shares } of columns) {
    ctx.fillStyle = palette.kinds[kind] ?? palette.muted;
    for (let unit = 0; unit < units; unit += 1) {
      const share = shares[unit] ?? 0;
      if (share === 0) continue;
      const from = filled[unit] ?? 0;
      const size = (share / FULL_SHARE) * height;
      ctx.fillRect(unit, height - from - size, 1, size);
      filled[unit] = from + size;
    }
  }
}

/** Share of a span of units in which anything worked, 0 to 1. */
export function busyRatio(columns: readonly CoverageColumn[], fromUnit: number, toUnit: number): number {
  let sum = 0;
  for (const { shares } of columns.filter(isWork)) {
    for (let unit = fromUnit; unit < toUnit; unit += 1) sum += shares[unit] ?? 0;
  }
  return toUnit > fromUnit ? Math.min(sum / FULL_SHARE / (toUnit - fromUnit), 1) : 0;
}
