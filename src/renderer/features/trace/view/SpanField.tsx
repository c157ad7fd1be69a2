// SPDX-License-Identifier: Apache-2.0
import { parseSpan } from '../model/iteration-span.ts';

interface SpanFieldProps {
  readonly label: string;
  /** Shorter than the label, where the place is narrow. */
  readonly caption?: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
  /** Nothing is allowed, and means all iterations. */
  readonly optional?: boolean;
}

const HELP = 'An iteration, such as 20, or several, such as 20-24.';

/** Iterations as text, in a bar. */
export function SpanField({ label, caption = label, text, onChange, optional = false }: SpanFieldProps) {
  const valid = parseSpan(text) !== null || (optional && text.trim() === '');
  return (
    <label className="span-field">
      {caption}
      <input
        className="field__input"
        type="text"
        aria-label={label}
        aria-description={HELP}
        aria-invalid={!valid}
        title={HELP}
        placeholder={optional ? 'all' : ''}
        value={text}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}
