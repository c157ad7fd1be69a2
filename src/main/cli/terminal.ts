// SPDX-License-Identifier: Apache-2.0

/**
 * The only way to the terminal. Names of kernels, files, steps and messages come from strangers: characters that a terminal
 * would obey (colours, titles, the clipboard) or that turn text around are shown by their number instead. In JSON that is the
 * same text.
 */

/** Control characters but tab and line feed, and those that change the direction of text. */
// eslint-disable-next-line no-control-regex
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u061c\u2028-\u202e\u2066-\u2069]/g;

export function printable(text: string): string {
  return text.replace(OBEYED, (found) => String.raw`\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Writes lines of a result. */
export function say(text: string): void {
  process.stdout.write(`${printable(text)}\n`);
}

/** Writes lines about the work itself: what failed, what to know. */
export function remark(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}

/** Shows how far it is on one line that is written anew; nothing where nobody looks. */
export function showLine(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${printable(text)}`);
}

/** Takes that line away. */
export function clearLine(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
}
