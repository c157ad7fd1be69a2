// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import './badge.css';

export type Tone = 'neutral' | 'accent' | 'good' | 'warning' | 'bad';

/** A short word with a meaning; the colour only repeats what the word says. */
export function Badge({
  tone = 'neutral',
  children,
}: {
  readonly tone?: Tone;
  readonly children: ReactNode;
}) {
  return <span className={`badge badge--${tone}`}>{children}</span>;
}

/** A state as a dot beside its text. */
export function Dot({ tone, pulsing = false }: { readonly tone: Tone; readonly pulsing?: boolean }) {
  return <span className={`dot dot--${tone}${pulsing ? ' dot--pulsing' : ''}`} aria-hidden="true" />;
}
