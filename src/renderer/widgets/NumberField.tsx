// SPDX-License-Identifier: Apache-2.0
import type { KeyboardEvent } from 'react';
import { TextField, type TextFieldProps } from './TextField.tsx';

interface NumberFieldProps extends Omit<TextFieldProps, 'inputMode' | 'mono'> {
  readonly min: number;
  readonly max: number;
  /** Only whole numbers can be meant. */
  readonly whole: boolean;
}

/** One step up or down from a typed number, kept inside its bounds; null where the text is no number. */
export function stepped(text: string, direction: 1 | -1, min: number, max: number): string | null {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) return null;
  return Math.min(max, Math.max(min, value + direction)).toString();
}

/**
 * A number as text: what was typed is kept as it is, however wrong, and judged by its owner. Up and
 * Down change whole numbers by one.
 */
export function NumberField({ min, max, whole, ...field }: NumberFieldProps) {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!whole || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    const next = stepped(field.value, event.key === 'ArrowUp' ? 1 : -1, min, max);
    if (next === null) return;
    event.preventDefault();
    field.onChange(next);
  };
  return (
    <div className="number-field" onKeyDown={onKeyDown}>
      <TextField {...field} inputMode={whole ? 'numeric' : 'decimal'} />
    </div>
  );
}
