// SPDX-License-Identifier: Apache-2.0

/**
 * A view of traces as a line of text that can be sent to somebody: `iterscope://view?run=…&from=…&to=…`. It comes back
 * from anywhere, so everything in it is checked; what it does not know is left out, and files are opened only after
 * main has asked.
 */

interface Span {
  readonly startNs: number;
  readonly endNs: number;
}

export interface ViewLink {
  /** A run by its id, or files by their paths. */
  readonly of: { readonly run: string } | { readonly files: readonly string[] };
  /** World time: nanoseconds from the earliest start of the traces. */
  readonly view: Span;
  readonly clock: 'wall' | 'step';
  readonly range: Span | null;
  /** Iterations, both included. */
  readonly window: { readonly first: number; readonly last: number } | null;
  /** A slice by the place of its trace among those shown, and its row there. */
  readonly slice: { readonly trace: number; readonly row: number } | null;
}

const SCHEME = 'iterscope://view?';
const MAX_LENGTH = 1 << 20;
const MAX_FILES = 1024;
const MAX_PATH = 4096;
const MAX_ROW = 2 ** 32 - 1;
const RUN_ID = /^[0-9A-Za-z-]{8,128}$/;
// eslint-disable-next-line no-control-regex -- none of them belongs into a path that somebody sends
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** Whether a text says that it is a link, be it one that can be read or not. */
export const looksLikeLink = (text: string): boolean => /^\s*iterscope:\/\//i.test(text);

const spanText = ({ startNs, endNs }: Span): string => `${Math.floor(startNs)}_${Math.ceil(endNs)}`;

export function formatViewLink({ of, view, clock, range, window, slice }: ViewLink): string {
  const fields = new URLSearchParams();
  if ('run' in of) fields.append('run', of.run);
  else of.files.forEach((path) => fields.append('file', path));
  fields.append('view', spanText(view));
  if (clock === 'step') fields.append('clock', clock);
  if (range !== null) fields.append('range', spanText(range));
  if (window !== null) fields.append('iterations', `${window.first}_${window.last}`);
  if (slice !== null) fields.append('slice', `${slice.trace}_${slice.row}`);
  return `${SCHEME}${fields.toString()}`;
}

/** Two whole numbers in their order, within what a double counts exactly. */
function pairOf(text: string | null): readonly [number, number] | null {
  const found = /^(-?\d{1,16})_(-?\d{1,16})$/.exec(text ?? '');
  const [first, second] = [Number(found?.[1]), Number(found?.[2])];
  return Number.isSafeInteger(first) && Number.isSafeInteger(second) ? [first, second] : null;
}

function spanOf(text: string | null): Span | null {
  const pair = pairOf(text);
  return pair !== null && pair[0] < pair[1] ? { startNs: pair[0], endNs: pair[1] } : null;
}

function ownerOf(fields: URLSearchParams): ViewLink['of'] | null {
  const run = fields.get('run');
  if (run !== null) return RUN_ID.test(run) ? { run } : null;
  const files = fields.getAll('file');
  const bad = files.some((path) => path === '' || path.length > MAX_PATH || CONTROL.test(path));
  return files.length === 0 || files.length > MAX_FILES || bad ? null : { files };
}

/** Null for what is no link, or none that leads anywhere. */
export function parseViewLink(text: string): ViewLink | null {
  const link = text.trim();
  if (link.length > MAX_LENGTH || !link.toLowerCase().startsWith(SCHEME)) return null;
  const fields = new URLSearchParams(link.slice(SCHEME.length));
  const of = ownerOf(fields);
  const view = spanOf(fields.get('view'));
  if (of === null || view === null) return null;
  const [trace = -1, row = -1] = pairOf(fields.get('slice')) ?? [];
  const [first = 0, last = -1] = pairOf(fields.get('iterations')) ?? [];
  return {
    of,
    view,
    clock: fields.get('clock') === 'step' ? 'step' : 'wall',
    range: spanOf(fields.get('range')),
    window: first <= last ? { first, last } : null,
    slice: trace >= 0 && row >= 0 && row <= MAX_ROW ? { trace, row } : null,
  };
}
