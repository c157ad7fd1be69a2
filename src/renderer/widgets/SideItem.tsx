// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import { Dot, type Tone } from './Badge.tsx';
import './side-item.css';

interface SideItemProps {
  readonly tone: Tone;
  readonly pulsing: boolean;
  /** Its state in a word, for who cannot see the dot. */
  readonly state: string;
  readonly title: ReactNode;
  readonly when: string;
  readonly fact: ReactNode;
  readonly hint: string;
  readonly current: boolean;
  readonly onClick: () => void;
}

/** An entry of a list in the sidebar: state, title, a line of facts. */
export function SideItem({ tone, pulsing, state, title, when, fact, hint, current, onClick }: SideItemProps) {
  return (
    <button
      type="button"
      className="side-item"
      aria-current={current ? 'page' : undefined}
      title={hint}
      onClick={onClick}
    >
      <Dot tone={tone} pulsing={pulsing} />
      <span className="side-item__title">{title}</span>
      <span className="visually-hidden">{state}</span>
      <span className="side-item__when">{when}</span>
      <span className="side-item__key">{fact}</span>
    </button>
  );
}
