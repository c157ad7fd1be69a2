// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from 'react';
import type { ExpertSummary } from '#shared/contract/experts.ts';
import { formatCount } from '#shared/base/units.ts';
import { ExpertBarsChart, expertBarsPicture } from '#renderer/charts/index.tsx';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { NumberField } from '#renderer/widgets/NumberField.tsx';
import { Select } from '#renderer/widgets/Select.tsx';
import { expertBars, rankOfExpert } from '../model/bars.ts';
import {
  defaultRouterForm,
  routerQuestion,
  type Era,
  type RouterForm,
  type RouterQuestion,
} from '../model/router-form.ts';
import { valueOf } from '../model/use-answer.ts';
import type { ExpertQuestion } from '../model/use-experts.ts';
import { usePerfectLeft } from '../model/use-perfect-left.ts';
import { activationText, recordedText, useRouterActivation, useRouterLoads } from '../model/use-router.ts';
import { RankLoads } from './RankLoads.tsx';
import { SaveMenu } from './SaveMenu.tsx';

const ERAS = [
  { value: 'e1', label: 'e1: every rank begins at rank 0' },
  { value: 'e2', label: 'e2: a rank begins at itself' },
  { value: 'e3', label: 'e3: a rank begins at itself' },
];

const fields: readonly (readonly [Exclude<keyof RouterForm, 'era'>, string, string])[] = [
  [
    'tokens',
    'Tokens a rank',
    'T: tokens that each rank routes in one step. In generation that is its batch.',
  ],
  ['experts', 'Experts', 'E: experts of a layer; they must divide evenly by the ranks.'],
  ['topK', 'Experts per token', 'k: how many experts each token goes to.'],
  ['ranks', 'Ranks', 'G: expert-parallel ranks.'],
];

interface PerfectRouterProps {
  readonly question: ExpertQuestion;
  readonly summary: ExpertSummary;
  /** Recorded tokens of the layer, by expert. */
  readonly counts: readonly number[] | undefined;
  readonly runId: string | undefined;
}

/** What the perfect router does, whether it was on in this run, and which experts would get how many tokens. */
export function PerfectRouter({ question: asked, summary, counts, runId }: PerfectRouterProps) {
  const { sourceId, ranks, layer } = asked;
  const [form, setForm] = useState(() => defaultRouterForm(summary, ranks));
  const question = routerQuestion(form);
  const activation = valueOf(useRouterActivation(runId));
  const planned = valueOf(usePerfectLeft(asked)) ?? null;
  const recorded = planned === null || counts === undefined ? '' : recordedText(layer, counts, planned);
  return (
    <div className="router-page">
      <Explanation
        activation={activation === undefined ? '' : activationText(activation)}
        recorded={recorded}
      />
      <div className="router-page__preview">
        <div className="expert-controls" role="group" aria-label="Preview">
          {fields.map(([field, label, help]) => (
            <NumberField
              key={field}
              label={label}
              help={help}
              value={form[field]}
              min={0}
              max={1_048_576}
              whole
              onChange={(text) => setForm({ ...form, [field]: text })}
            />
          ))}
          <Select
            label="Era"
            value={form.era}
            options={ERAS}
            help="Which generation of TensorRT-LLM is previewed."
            onChange={(era) => setForm({ ...form, era: era as Era })}
          />
        </div>
        {typeof question === 'string' ? (
          <Notice severity="error">{question}</Notice>
        ) : (
          <Preview sourceId={sourceId} question={question} />
        )}
      </div>
    </div>
  );
}

interface ExplanationProps {
  readonly activation: string;
  readonly recorded: string;
}

function Explanation({ activation, recorded }: ExplanationProps) {
  return (
    <div className="router-page__text">
      <Notice severity="warning">
        ENABLE_PERFECT_ROUTER=1 makes outputs wrong: tokens go to experts by their position, not by what they
        are.
      </Notice>
      <dl>
        <dt>What it does</dt>
        <dd>
          Deals tokens to ranks and experts in turn. The model’s own gate still runs and its answer is thrown
          away, so the time of everything but routing stays.
        </dd>
        <dt>When to use it</dt>
        <dd>
          To learn what perfect balance would gain before building it. Fix output lengths, switch speculative
          decoding off or pin it, and compare several passes.
        </dd>
        <dt>Models and routing</dt>
        <dd>
          e1: GPT-OSS with renormalised top-k. e2 and e3: MoE models whose router logits reach the MoE module,
          with Default, Renormalize, RenormalizeNaive, Llama4, MiniMax2 or DeepSeekV3 routing (the last limits
          a token to groups and is not previewed here). SigmoidRenorm is refused.
        </dd>
        <dt>Backends</dt>
        <dd>
          e1: CUTLASS, TRTLLM and TRITON. e2 and e3: those whose MoE module is given logits; without them
          nothing changes.
        </dd>
        <dt>This run</dt>
        <dd>{activation}</dd>
        {recorded !== '' && <dd>{recorded}</dd>}
      </dl>
    </div>
  );
}

function Preview({ sourceId, question }: { readonly sourceId: string; readonly question: RouterQuestion }) {
  const answer = useRouterLoads(sourceId, question);
  const loads = valueOf(answer);
  const bars = useMemo(() => expertBars([...(loads ?? [])], question.ranks, 'id'), [loads, question.ranks]);
  const byRank = useMemo(
    () => loadsByRank(loads ?? new Float64Array(), question.ranks),
    [loads, question.ranks],
  );
  if (answer.state === 'failed') return <Notice severity="error">{answer.failure.message}</Notice>;
  const counts = bars.bars.map(({ tokens }) => tokens);
  const text = `${formatCount(bars.total)} assignments, ${formatCount(leastOf(counts))} to ${formatCount(mostOf(counts))} to an expert, ${formatCount(leastOf(byRank))} to ${formatCount(mostOf(byRank))} to a rank`;
  return (
    <section className="expert-panel" aria-label="Where tokens would go">
      <div className="expert-panel__title expert-panel__title--controls">
        <h2>Where tokens would go · {text}</h2>
        <SaveMenu
          of="preview"
          name="perfect-router"
          table={() => ({
            columns: ['expert', 'rank', 'tokens'],
            rows: bars.bars.map(({ expert, rank, tokens }) => [expert, rank, tokens]),
          })}
          picture={(format) => expertBarsPicture(bars, format)}
        />
      </div>
      <div className="expert-panel__chart">
        <ExpertBarsChart label={`Tokens per expert under the perfect router; ${text}`} data={bars} />
      </div>
      <RankLoads loads={byRank} name="perfect-router-ranks" />
    </section>
  );
}

const leastOf = (values: readonly number[]): number =>
  values.reduce((least, value) => Math.min(least, value), values[0] ?? 0);
const mostOf = (values: readonly number[]): number =>
  values.reduce((most, value) => Math.max(most, value), 0);

function loadsByRank(loads: Float64Array, ranks: number): readonly number[] {
  const byRank = new Array<number>(ranks).fill(0);
  for (const [expert, tokens] of loads.entries()) {
    const rank = rankOfExpert(expert, loads.length, ranks);
    byRank[rank] = (byRank[rank] ?? 0) + tokens;
  }
  return byRank;
}
