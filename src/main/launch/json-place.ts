// SPDX-License-Identifier: Apache-2.0

/** What is wrong with a text that is no JSON, with its line and column as editors count them. */
export function jsonPlace(text: string, message: string): string {
  const said = message.replace(/ \(line \d+ column \d+\)$/, '');
  const position = / at position (\d+)$/.exec(said);
  const atEnd = /^Unexpected end|^Unterminated/.test(said) && position === null;
  if (position === null && !atEnd) return `it is no JSON: ${said}`;
  const before = text.slice(0, position === null ? text.length : Number(position[1]));
  const lines = before.split('\n');
  const column = (lines.at(-1)?.length ?? 0) + 1;
  const what = said.replace(/ (in JSON )?at position \d+$/, '');
  return `at line ${lines.length.toString()}, column ${column.toString()}: it is no JSON: ${what}`;
}
