// SPDX-License-Identifier: Apache-2.0
import type { RunState } from '#shared/contract/run.ts';

/** What the states of a run mean to a reader. The type checks that none is forgotten. */
interface StateTraits {
  readonly word: string;
  /** Nothing of the run is alive any more. */
  readonly ended: boolean;
  readonly tone: 'neutral' | 'accent' | 'good' | 'warning' | 'bad';
}

const traits: Readonly<Record<RunState, StateTraits>> = {
  queued: { word: 'Queued', ended: false, tone: 'neutral' },
  starting: { word: 'Starting', ended: false, tone: 'accent' },
  running: { word: 'Running', ended: false, tone: 'accent' },
  finalising: { word: 'Finalising', ended: false, tone: 'accent' },
  ingesting: { word: 'Ingesting', ended: false, tone: 'accent' },
  ready: { word: 'Ready', ended: true, tone: 'good' },
  failed: { word: 'Failed', ended: true, tone: 'bad' },
  cancelled: { word: 'Cancelled', ended: true, tone: 'neutral' },
  interrupted: { word: 'Interrupted', ended: true, tone: 'warning' },
};

export const stateWord = (state: RunState): string => traits[state].word;
export const stateTone = (state: RunState): StateTraits['tone'] => traits[state].tone;
export const isEnded = (state: RunState): boolean => traits[state].ended;

/** In the order in which a run passes through them. */
export const runStates = Object.keys(traits) as readonly RunState[];
