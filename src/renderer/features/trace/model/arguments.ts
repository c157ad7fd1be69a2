// SPDX-License-Identifier: Apache-2.0

export interface ArgumentRow {
  readonly name: string;
  readonly value: string;
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return value === '' ? '""' : value;
  return JSON.stringify(value);
}

/** A slice's arguments as lines of name and value. Text that is no JSON object becomes one line, unread. */
export function argumentRows(argsJson: string | null): ArgumentRow[] {
  if (argsJson === null || argsJson === '') return [];
  try {
    const parsed: unknown = JSON.parse(argsJson);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
      return Object.entries(parsed).map(([name, value]) => ({ name, value: valueText(value) }));
    }
  } catch {
    // Shown as it is, below.
  }
  return [{ name: 'arguments', value: argsJson }];
}
