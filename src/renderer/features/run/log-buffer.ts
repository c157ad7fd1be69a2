// SPDX-License-Identifier: Apache-2.0

/**
 * The lines of a run's outputs as they are read, in the order of reading: two files hold no common
 * order, so lines of one chunk stay together. Grows in place (a log is long); `version` tells of change.
 */

export type LogStream = 'stdout' | 'stderr';

export interface LogRow {
  readonly stream: LogStream;
  readonly text: string;
}

/** Older lines are left to the file: more rows than this are not scrolled through by hand. */
export const MOST_ROWS = 200_000;
/** Dropped at once, so that dropping does not happen with every line. */
const DROP_ROWS = 20_000;

// Escape sequences: control sequences (colours, cursor), titles, and single-character ones.
// eslint-disable-next-line no-control-regex
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

/** What a terminal would show at the end of a line: escapes gone, the last rewrite of a progress bar kept. */
export function shownText(raw: string): string {
  const text = raw.includes('\u001b') ? raw.replace(ESCAPES, '') : raw;
  const line = text.endsWith('\r') ? text.slice(0, -1) : text;
  return line.slice(line.lastIndexOf('\r') + 1);
}

export class LogBuffer {
  readonly rows: LogRow[] = [];
  /** Lines that were dropped from the front. */
  dropped = 0;
  version = 0;
  private readonly unfinished: Record<LogStream, string> = { stdout: '', stderr: '' };

  append(stream: LogStream, text: string): void {
    if (text === '') return;
    const lines = (this.unfinished[stream] + text).split('\n');
    this.unfinished[stream] = lines.pop() ?? '';
    for (const line of lines) this.rows.push({ stream, text: shownText(line) });
    if (this.rows.length > MOST_ROWS) {
      const excess = this.rows.length - MOST_ROWS + DROP_ROWS;
      this.rows.splice(0, excess);
      this.dropped += excess;
    }
    this.version += 1;
  }

  /** Lines that have no end yet, as they stand. */
  tail(): readonly LogRow[] {
    return (['stdout', 'stderr'] as const)
      .map((stream) => ({ stream, text: shownText(this.unfinished[stream]) }))
      .filter((row) => row.text !== '');
  }
}
