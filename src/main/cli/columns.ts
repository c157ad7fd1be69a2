// SPDX-License-Identifier: Apache-2.0

/** Rows as aligned lines of text: every column as wide as its widest cell. A name cannot begin a line of its own. */
export function columns(written: readonly (readonly string[])[]): string[] {
  const rows = written.map((row) => row.map((cell) => cell.replaceAll(/[\r\n\t]+/g, ' ')));
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
