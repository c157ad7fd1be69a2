// SPDX-License-Identifier: Apache-2.0
import { formatDurationNs } from '#shared/base/units.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { notify, notifyFailure } from '#renderer/stores/notices.ts';
import type { PictureHeading } from '#renderer/timeline/picture.ts';
import { formatTick, tickStepNs } from '#renderer/timeline/ruler.ts';
import type { Timeline } from '#renderer/timeline/timeline.ts';
import type { TimeRange } from '#renderer/timeline/types.ts';
import { clockText } from './clock-text.ts';
import { fileNameOf } from './exporting.ts';
import type { ReadySet, ReadyTrace } from './ready.ts';

/** The view as a picture: for the clipboard, and as a file. */

const CLOCKS = {
  single: '',
  wall: ' · ranks by wall clock',
  step: ' · ranks by a common iteration',
  apart: ' · clocks of the ranks are apart',
} as const satisfies Record<ReadySet['clock'], string>;

const MAX_NAMES = 3;

/** What a reader has to know who does not have the application open. */
export function pictureHeading({ traces, clock }: ReadySet, view: TimeRange): PictureHeading {
  const names = [...new Set(traces.map(({ session }) => session.source.name))];
  const more = names.length > MAX_NAMES ? ` and ${(names.length - MAX_NAMES).toString()} more` : '';
  const [first] = traces;
  const stepNs = tickStepNs((view.endNs - view.startNs) / 1000);
  const at = (ns: number): string => formatTick(ns, stepNs, view.endNs);
  const wall =
    first === undefined || clock === 'apart' || clock === 'step'
      ? null
      : clockText(first.trace.summary.originNs, view.startNs - first.offsetNs);
  return {
    title: `${names.slice(0, MAX_NAMES).join(', ')}${more}`,
    span:
      `${at(view.startNs)} to ${at(view.endNs)} from the start, ${formatDurationNs(view.endNs - view.startNs)} shown` +
      `${wall === null ? '' : ` · from ${wall}`}${CLOCKS[clock]} · Iterscope`,
  };
}

/** PNG bytes; a canvas without pixels has none. */
async function pngOf(canvas: HTMLCanvasElement): Promise<Blob> {
  const blob = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, 'image/png');
  });
  if (blob === null) throw new Error('The picture is too large to be drawn: make the window smaller.');
  return blob;
}

function base64Of(canvas: HTMLCanvasElement): string {
  const address = canvas.toDataURL('image/png');
  return address.slice(address.indexOf(',') + 1);
}

export async function copyPicture(timeline: Timeline, heading: PictureHeading): Promise<void> {
  try {
    const blob = await pngOf(timeline.picture(heading));
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]);
    notify('note', 'A picture of the view is on the clipboard.');
  } catch (thrown) {
    notifyFailure(thrown);
  }
}

export async function savePicture(
  timeline: Timeline,
  heading: PictureHeading,
  traces: readonly ReadyTrace[],
  format: 'png' | 'svg',
): Promise<void> {
  try {
    const content = format === 'svg' ? timeline.svg(heading) : base64Of(timeline.picture(heading));
    const name = fileNameOf(traces[0]?.session.source.name ?? '', '-view');
    const saved = await invoke('files.save', { name, format, content });
    if (saved !== null) notify('note', `Written to ${saved.path}.`);
  } catch (thrown) {
    notifyFailure(thrown);
  }
}
