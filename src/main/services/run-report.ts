// SPDX-License-Identifier: Apache-2.0
import { formatBytes, formatDurationMs, formatPercent, formatRatio } from '#shared/base/units.ts';
import type { ReportedFigure, RunManifest } from '#shared/contract/run.ts';

function figureText({ value, unit }: ReportedFigure): string {
  if (unit === 'ms') return formatDurationMs(value);
  return unit === 'ratio' ? formatPercent(value) : `${formatRatio(value)} ${unit}`;
}

/** A run as lines of text, for terminals. */
export function reportLines(run: RunManifest): string[] {
  const rows: [string, string][] = [
    ['Run', run.id],
    ['What', run.title],
    ['State', run.state],
  ];
  if (run.failure !== undefined) rows.push(['Reason', run.failure.message]);
  if (run.exit !== undefined) {
    rows.push(
      ['Wall time', formatDurationMs(run.exit.wallMs)],
      ['CPU time', formatDurationMs(run.exit.cpuMs)],
    );
    rows.push(['Peak memory', formatBytes(run.exit.peakRssBytes)]);
  }
  const note = run.profiled ? ' (profiled: not a measurement)' : '';
  for (const figure of run.figures) rows.push([figure.label, `${figureText(figure)}${note}`]);
  if (run.captureCheck !== undefined) rows.push(['Capture', run.captureCheck.message]);
  for (const artifact of run.artifacts)
    rows.push(['Artifact', `${artifact.path} (${formatBytes(artifact.bytes)})`]);
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, text]) => `${label.padEnd(width)}  ${text}`);
}
