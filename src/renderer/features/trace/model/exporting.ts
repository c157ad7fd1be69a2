// SPDX-License-Identifier: Apache-2.0
import { formatBytes, formatDurationNs } from '#shared/base/units.ts';
import type { TableName, TraceFormat, TracePart, TraceWritten } from '#shared/contract/exporting.ts';
import { plural } from '#renderer/base/format.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { addJob, removeJob, takeJobProgress } from '#renderer/stores/jobs.ts';
import { notify, notifyFailure, notifyWithAction } from '#renderer/stores/notices.ts';
import { spanText, type IterationSpan } from './iteration-span.ts';
import type { ReadyTrace } from './ready.ts';

/** Parts of open traces as files: what can be chosen, and the writing of it. */

interface TimeSpan {
  readonly startNs: number;
  readonly endNs: number;
}

/** What the user looks at, on the shared axis. */
export interface Shown {
  readonly view: TimeSpan;
  readonly range: TimeSpan | null;
  readonly iterations: IterationSpan | null;
}

export interface PartChoice {
  readonly value: 'shown' | 'range' | 'iterations' | 'all';
  readonly label: string;
  /** Ends the name of the file. */
  readonly suffix: string;
}

const lengthOf = ({ startNs, endNs }: TimeSpan): string => formatDurationNs(endNs - startNs);

/** The parts that there are now, the shown window first. */
export function partChoices({ view, range, iterations }: Shown): PartChoice[] {
  const marked: PartChoice[] =
    range === null ? [] : [{ value: 'range', label: `Selected range, ${lengthOf(range)}`, suffix: '-range' }];
  const chosen: PartChoice[] =
    iterations === null
      ? []
      : [
          {
            value: 'iterations',
            label: `Iterations ${spanText(iterations)} and what they launched`,
            suffix: `-iterations-${spanText(iterations)}`,
          },
        ];
  return [
    { value: 'shown', label: `Shown window, ${lengthOf(view)}`, suffix: '-window' },
    ...marked,
    ...chosen,
    { value: 'all', label: 'Whole trace', suffix: '' },
  ];
}

/** A choice as the engine takes it: on the trace's own axis, whole nanoseconds. */
export function partOf(choice: PartChoice['value'], shown: Shown, offsetNs: number): TracePart {
  const own = ({ startNs, endNs }: TimeSpan): TracePart => ({
    startNs: Math.floor(startNs - offsetNs),
    endNs: Math.ceil(endNs - offsetNs),
  });
  if (choice === 'shown') return own(shown.view);
  if (choice === 'range' && shown.range !== null) return own(shown.range);
  if (choice !== 'iterations' || shown.iterations === null) return {};
  return { firstIteration: shown.iterations.first, lastIteration: shown.iterations.last };
}

/** A name that every file system takes; endings that say how the trace was stored are left out. */
export function fileNameOf(traceName: string, suffix: string): string {
  const stem = traceName.replace(/(\.pt\.trace)?\.(json|sqlite|nsys-rep)(\.gz)?$/, '');
  const safe = stem.replaceAll(/[^\w.-]+/g, '-').replaceAll(/^[-.]+|-+$/g, '');
  return `${(safe === '' ? 'trace' : safe).slice(0, 80)}${suffix.slice(0, 40)}`;
}

/** What is written where. */
interface TraceExport {
  readonly trace: ReadyTrace;
  readonly part: TracePart;
  readonly format: TraceFormat;
  readonly table?: TableName;
  readonly name: string;
}

function summaryOf({ rows, slices, bytes }: TraceWritten): string {
  const held = rows === 0 ? plural(slices, 'slice') : plural(rows, 'row');
  return `${held}, ${formatBytes(bytes)}`;
}

interface ChosenTarget {
  readonly targetId: string;
  readonly path: string;
}

/** Asks where to, then writes there; progress and cancelling are the notice of the job. */
async function writeChosen(
  { trace, ...wanted }: Omit<TraceExport, 'name'>,
  choose: () => Promise<ChosenTarget | null>,
  done: (target: ChosenTarget, summary: string) => void,
): Promise<void> {
  const abort = new AbortController();
  const job = addJob(() => abort.abort());
  try {
    const target = await choose();
    if (target === null) return;
    const { targetId, path } = target;
    const step = `Writing ${path}`;
    takeJobProgress({ job, step, bytesDone: 0, bytesTotal: 1 });
    const written = await trace.session.write(
      { targetId, ...wanted },
      {
        signal: abort.signal,
        onProgress: ({ bytesDone, bytesTotal }) => takeJobProgress({ job, step, bytesDone, bytesTotal }),
      },
    );
    done(target, summaryOf(written));
  } catch (thrown) {
    notifyFailure(thrown);
  } finally {
    removeJob(job);
  }
}

export async function exportTrace({ name, ...wanted }: TraceExport): Promise<void> {
  await writeChosen(
    wanted,
    () => invoke('traces.chooseTarget', { name, format: wanted.format }),
    ({ path }, summary) => notify('note', `Written to ${path}: ${summary}.`),
  );
}

/** Writes a part as Chrome JSON for Perfetto, and offers to show the file. */
export async function writeForPerfetto(trace: ReadyTrace, part: TracePart, name: string): Promise<void> {
  await writeChosen(
    { trace, part, format: 'chrome' },
    () => invoke('viewers.chooseTarget', { name }),
    ({ targetId, path }, summary) => {
      const show = (): void =>
        void invoke('viewers.show', { of: 'target', id: targetId }).catch(notifyFailure);
      notifyWithAction(
        `Written to ${path}: ${summary}. Drop the file on Perfetto’s page, ui.perfetto.dev, in a browser.`,
        { label: 'Show in folder', perform: show },
      );
    },
  );
}
