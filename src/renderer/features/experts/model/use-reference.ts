// SPDX-License-Identifier: Apache-2.0
import type { Source } from '#shared/contract/app.ts';
import { askEngine } from '#renderer/data/engine.ts';
import { useAnswer, type Answer } from './use-answer.ts';
import type { ExpertQuestion } from './use-experts.ts';

/** What a layer's load is held against: the perfect router's planner, or what another run recorded. */
export type Reference = 'none' | 'planner-e1' | 'planner-e2' | `source ${string}`;

export interface ReferenceChoice {
  readonly value: Reference;
  readonly label: string;
}

export function referenceChoices(others: readonly Source[]): readonly ReferenceChoice[] {
  return [
    { value: 'none', label: 'Learned alone' },
    { value: 'planner-e1', label: 'Perfect router, planner’s expectation, era e1' },
    { value: 'planner-e2', label: 'Perfect router, planner’s expectation, eras e2 and e3' },
    ...others.map(({ sourceId, name }) => ({
      value: `source ${sourceId}` as const,
      label: `Recorded: ${name}`,
    })),
  ];
}

export interface ReferenceLoad {
  readonly name: string;
  readonly counts: readonly number[];
  /** Why it says nothing; null where it does. */
  readonly problem: string | null;
}

const nothing = (name: string, problem: string): ReferenceLoad => ({ name, counts: [], problem });

async function planned(
  { sourceId, window, layer, ranks }: ExpertQuestion,
  rotated: boolean,
  signal: AbortSignal,
): Promise<ReferenceLoad> {
  const name = `perfect router, expected (${rotated ? 'e2, e3' : 'e1'})`;
  const of = { sourceId, layer, iterationFrom: window.first, iterationTo: window.last + 1 };
  const load = await askEngine('experts.perfectLoad', { ...of, ranks, rotated }, { signal });
  return load === null
    ? nothing(name, 'Cannot answer: the statistics do not tell how many experts a token goes to.')
    : { name, counts: [...load.counts], problem: null };
}

/** All iterations of the other recording: its numbers are those of another run. */
async function recorded(
  { sourceId, name }: Source,
  layer: number,
  experts: number,
  signal: AbortSignal,
): Promise<ReferenceLoad> {
  const title = `recorded: ${name}`;
  const summary = await askEngine('experts.open', { sourceId }, { signal });
  if (!summary.layers.includes(layer)) return nothing(title, `${name} holds no layer ${layer}.`);
  if (summary.experts !== experts) return nothing(title, `${name} has ${summary.experts} experts.`);
  const window = { iterationFrom: summary.iterationStart, iterationTo: summary.iterationEnd };
  const { counts } = await askEngine('experts.histogram', { sourceId, layer, ...window }, { signal });
  return { name: title, counts, problem: null };
}

/** Null where nothing was chosen. */
export function useReference(
  question: ExpertQuestion,
  experts: number,
  reference: Reference,
  others: readonly Source[],
): Answer<ReferenceLoad | null> {
  const { sourceId, window, layer, ranks } = question;
  const key = `${window.first}-${window.last} ${layer} ${ranks} ${reference}`;
  return useAnswer(sourceId, key, async (signal) => {
    if (reference === 'none') return null;
    if (reference === 'planner-e1') return planned(question, false, signal);
    if (reference === 'planner-e2') return planned(question, true, signal);
    const other = others.find((source) => reference === `source ${source.sourceId}`);
    return other === undefined ? null : recorded(other, layer, experts, signal);
  });
}
