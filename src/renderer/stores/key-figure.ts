// SPDX-License-Identifier: Apache-2.0
import type { ReportedFigure } from '#shared/contract/run.ts';

/** The figure that stands for a run: its output throughput, else any throughput, else the first it reported. */
export function keyFigure(figures: readonly ReportedFigure[]): ReportedFigure | undefined {
  return (
    figures.find((figure) => /output throughput/i.test(figure.label)) ??
    figures.find((figure) => /throughput/i.test(figure.label)) ??
    figures[0]
  );
}
