// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import type { PlanFile } from '#shared/contract/expert-files.ts';
import type { ExpertPlan, ExpertSummary } from '#shared/contract/experts.ts';
import { askEngine } from '#renderer/data/engine.ts';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { ProgressBar } from '#renderer/widgets/ProgressBar.tsx';
import { defaultPlanForm, checkPlanForm, type PlanRequest } from '../model/plan-form.ts';
import type { PlacedPlan } from '../model/placed.ts';
import { choosePlan } from '../model/save.ts';
import { useAnswer } from '../model/use-answer.ts';
import { PlanFields } from './PlanFields.tsx';
import { PlanResult } from './PlanResult.tsx';

interface PlacementProps {
  readonly sourceId: string;
  readonly name: string;
  readonly summary: ExpertSummary;
  readonly ranks: number;
  readonly layer: number;
  readonly onSelectLayer: (layer: number) => void;
  readonly onPlace: (plan: PlacedPlan) => void;
}

/** A plan made here, or a file's. */
type Asked =
  | { readonly kind: 'plan'; readonly request: PlanRequest }
  | {
      readonly kind: 'file';
      readonly file: PlanFile;
      readonly ranks: number;
      readonly from: number;
      readonly to: number;
    };

/** What another placement of experts would do, judged on iterations that did not make it. */
export function Placement(props: PlacementProps) {
  const { sourceId, name, summary, ranks, layer, onSelectLayer, onPlace } = props;
  const [form, setForm] = useState(() => defaultPlanForm(summary, ranks));
  const [bytesPerExpert, setBytesPerExpert] = useState('');
  const [asked, setAsked] = useState<Asked | null>(null);
  const check = checkPlanForm(form, summary, ranks);
  const load = async (): Promise<void> => {
    const file = await choosePlan();
    if (file === null) return;
    const { judgedFrom: from, judgedTo: to } = check.request ?? {
      judgedFrom: summary.iterationStart,
      judgedTo: summary.iterationEnd,
    };
    setAsked({ kind: 'file', file, ranks, from, to });
  };
  return (
    <div className="placement">
      <PlanFields
        form={form}
        ranks={ranks}
        problems={check.problems}
        bytesPerExpert={bytesPerExpert}
        onChange={setForm}
        onBytesPerExpert={setBytesPerExpert}
        onPlan={() => {
          if (check.request !== null) setAsked({ kind: 'plan', request: check.request });
        }}
        onLoad={() => void load()}
      />
      {asked === null ? (
        <p className="placement__empty">
          Make a plan, or load a moe_load_balancer YAML: both are judged on held-back iterations against
          contiguous blocks. Replicas of hot experts cost memory; a plan that fits only what it was made on
          shows itself here.
        </p>
      ) : (
        <AskedPlan
          sourceId={sourceId}
          name={name}
          asked={asked}
          bytesPerExpert={bytesPerExpert}
          layer={layer}
          onSelectLayer={onSelectLayer}
          onPlace={onPlace}
        />
      )}
    </div>
  );
}

function askFor(sourceId: string, asked: Asked, signal: AbortSignal): Promise<ExpertPlan> {
  if (asked.kind === 'plan') return askEngine('experts.plan', { sourceId, ...asked.request }, { signal });
  const { file, ranks, from: iterationFrom, to: iterationTo } = asked;
  return askEngine('experts.judgePlan', { sourceId, iterationFrom, iterationTo, ranks, ...file }, { signal });
}

interface AskedPlanProps {
  readonly sourceId: string;
  readonly name: string;
  readonly asked: Asked;
  readonly bytesPerExpert: string;
  readonly layer: number;
  readonly onSelectLayer: (layer: number) => void;
  readonly onPlace: (plan: PlacedPlan) => void;
}

function AskedPlan({ sourceId, asked, ...rest }: AskedPlanProps) {
  const answer = useAnswer(sourceId, JSON.stringify(asked), (signal) => askFor(sourceId, asked, signal));
  if (answer.state === 'asking') return <ProgressBar label="Placing experts" />;
  if (answer.state === 'failed') {
    return (
      <div className="placement__result" role="alert">
        <Notice severity="error">{answer.failure.message}</Notice>
      </div>
    );
  }
  const title = asked.kind === 'plan' ? 'Plan made here' : asked.file.name;
  return <PlanResult plan={answer.value} title={title} {...rest} />;
}
