// SPDX-License-Identifier: Apache-2.0
import type { ComparisonPlan } from '#shared/contract/comparison.ts';
import type { PlannedPass } from '#shared/contract/comparison-pass.ts';
import { plural } from '#renderer/base/format.ts';
import type { ComparisonDraft } from '#renderer/stores/comparisons.ts';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { blocksOfPlan, cacheLines, roughSize, roughTime } from '../model/texts.ts';

interface PlanPanelProps {
  readonly draft: ComparisonDraft;
  /** Null until main has said. */
  readonly plan: ComparisonPlan | null;
}

/** What would run, in which order, what it takes, and what is wrong or remarkable about it. */
export function PlanPanel({ draft, plan }: PlanPanelProps) {
  return (
    <aside className="compare-setup__result" aria-label="What will run">
      {plan === null ? (
        <p className="compare__quiet">Checking both arms…</p>
      ) : (
        <>
          <Findings draft={draft} plan={plan} />
          <Order draft={draft} passes={plan.passes} />
          <Estimate plan={plan} />
          <Caches draft={draft} plan={plan} />
        </>
      )}
    </aside>
  );
}

interface PlanProps {
  readonly draft: ComparisonDraft;
  readonly plan: ComparisonPlan;
}

function Findings({ draft, plan }: PlanProps) {
  const { findings, differences } = plan;
  const messages = [...new Set(findings.map(({ message }) => message))];
  return (
    <section aria-labelledby="plan-checks">
      <h2 id="plan-checks">Checks</h2>
      {differences.length === 0 && (
        <Notice severity="note">
          The arms are the same: what will be found is how much passes differ by themselves.
        </Notice>
      )}
      {messages.map((message) => {
        const found = findings.filter((finding) => finding.message === message);
        const [first] = found;
        const who = found.length > 1 ? '' : `${first?.arm === 'b' ? draft.b.label : draft.a.label}: `;
        return (
          <Notice key={message} severity={first?.severity ?? 'note'}>
            {who}
            {message}
          </Notice>
        );
      })}
      {messages.length === 0 && differences.length > 0 && <p className="compare__quiet">Nothing found.</p>}
    </section>
  );
}

function Order({
  draft,
  passes,
}: {
  readonly draft: ComparisonDraft;
  readonly passes: readonly PlannedPass[];
}) {
  const profiled = passes.filter(({ purpose }) => purpose === 'profile');
  return (
    <section aria-labelledby="plan-order">
      <h2 id="plan-order">Order of {plural(passes.length, 'pass', 'passes')}</h2>
      <ol className="plan-order">
        {blocksOfPlan(passes).map((block) => (
          <li key={block.block}>
            <span className="plan-order__name">Block {block.block}</span>
            {block.passes.map(({ arm }) => (
              <Pass key={arm} arm={arm} label={draft[arm].label} />
            ))}
          </li>
        ))}
        {profiled.length > 0 && (
          <li>
            <span className="plan-order__name">Profiled</span>
            {profiled.map(({ arm }) => (
              <Pass key={arm} arm={arm} label={draft[arm].label} />
            ))}
          </li>
        )}
      </ol>
    </section>
  );
}

function Pass({ arm, label }: { readonly arm: 'a' | 'b'; readonly label: string }) {
  return (
    <span className={`plan-order__pass plan-order__pass--${arm}`}>
      {arm.toUpperCase()} <span>{label}</span>
    </span>
  );
}

function Estimate({ plan: { estimate } }: { readonly plan: ComparisonPlan }) {
  return (
    <section aria-labelledby="plan-estimate">
      <h2 id="plan-estimate">Time and disk</h2>
      {estimate === null ? (
        <p className="compare__quiet">
          No run of this recipe has ended well yet: how long a pass takes will be known after the first.
        </p>
      ) : (
        <p>
          About {roughTime(estimate.totalMs)} and {roughSize(estimate.bytes)}.{' '}
          <span className="compare__quiet">{estimate.basis}</span>
        </p>
      )}
      <p className="compare__quiet">
        It can be cancelled at any time; finished passes are kept and it can go on later.
      </p>
    </section>
  );
}

const CACHES_HELP =
  'What the program finds out or compiles while it loads. The first pass that loads fills them, before anything is timed.';

/** Caches of the program that passes share, so that each does not pay for them anew. */
function Caches({ draft, plan: { caches } }: PlanProps) {
  if (caches.length === 0) return null;
  return (
    <section aria-labelledby="plan-caches">
      <h2 id="plan-caches">Shared by passes</h2>
      {cacheLines(draft, caches).map(({ title, where, variable }) => (
        <p key={`${title} ${where}`}>
          {title}: {where} <span className="compare__quiet mono">{variable}</span>
        </p>
      ))}
      <p className="compare__quiet">{CACHES_HELP}</p>
    </section>
  );
}
