// SPDX-License-Identifier: Apache-2.0

/** Text of programs as a terminal would show it: both the window and the search over a whole log need it. */

// Escape sequences: control sequences (colours, cursor), titles, and single-character ones.
// eslint-disable-next-line no-control-regex
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;
// eslint-disable-next-line no-control-regex
const COLOUR = /^\u001b\[[\d;:]*m$/;

/** What a terminal would show at the end of a line: escapes gone, the last rewrite of a progress bar kept. */
export function shownText(raw: string): string {
  const text = raw.includes('\u001b') ? raw.replace(ESCAPES, '') : raw;
  const line = text.endsWith('\r') ? text.slice(0, -1) : text;
  return line.slice(line.lastIndexOf('\r') + 1);
}

/** A line with its colours but without any other escape sequence, as its last rewrite stands. */
export function colouredText(raw: string): string {
  const text = raw.replace(ESCAPES, (found) => (COLOUR.test(found) ? found : ''));
  const line = text.endsWith('\r') ? text.slice(0, -1) : text;
  return line.slice(line.lastIndexOf('\r') + 1);
}
