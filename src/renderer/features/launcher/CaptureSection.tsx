// SPDX-License-Identifier: Apache-2.0
import { useId } from 'react';
import type { Finding, IterationSpan, LaunchForm } from '#shared/contract/launch.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import { FieldMessages, messagesId } from '#renderer/widgets/Field.tsx';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { Switch } from '#renderer/widgets/Switch.tsx';
import { TextField } from '#renderer/widgets/TextField.tsx';
import { editForm } from '#renderer/stores/launcher.ts';
import { explainSpans, findingsOf, totalIterations } from './model.ts';
import { NsightSection } from './NsightSection.tsx';
import { WindowStrip } from './WindowStrip.tsx';

interface CaptureSectionProps {
  readonly recipe: Recipe;
  readonly form: LaunchForm;
  readonly spans: readonly IterationSpan[];
  readonly findings: readonly Finding[];
  /** Main has said what the window means. */
  readonly checked: boolean;
}

const WINDOW_HELP =
  'Iterations to capture: first+count (20+10) or first-last (20-29), several separated by commas. Empty captures nothing. What the program receives is worded for its generation of TensorRT-LLM.';

/** Which iterations are captured, and by what. */
export function CaptureSection({ recipe, form, spans, findings, checked }: CaptureSectionProps) {
  const meaningId = useId();
  const messages = findingsOf(findings, 'window');
  const wrong = messages.some((message) => message.severity === 'error');
  return (
    <section className="launcher__section" aria-labelledby="launcher-capture">
      <div className="launcher__section-head">
        <h2 id="launcher-capture">Capture</h2>
      </div>
      <div className="launcher__window">
        <TextField
          label="Iteration window"
          value={form.window}
          placeholder="none"
          mono
          help={WINDOW_HELP}
          invalid={wrong}
          describedBy={messagesId(meaningId)}
          onChange={(window) => {
            editForm({ window });
          }}
        />
        <div className="launcher__window-meaning">
          {!wrong && (
            <>
              <p className="launcher__explanation" aria-live="polite">
                {checked ? explainSpans(spans) : ''}
              </p>
              <WindowStrip spans={spans} total={totalIterations(recipe, form)} />
            </>
          )}
          <FieldMessages id={meaningId} messages={messages} />
        </div>
      </div>
      <CaptureSwitches recipe={recipe} form={form} findings={findings} />
    </section>
  );
}

const TIMING_HELP =
  'Adds a load of the program without any recorder, before those that record: only its figures are measurements.';
const NSIGHT_HELP =
  'Records the window with Nsight Systems: GPU work, NVTX ranges and host calls. It cannot share a process with the PyTorch profiler, so that it is a pass of its own.';
const TRACE_HELP =
  'Writes a PyTorch-profiler (Kineto) trace of the window, one file per rank: steps, layers and operators on a timeline. Costs time in the captured iterations and disk space per iteration.';
const EXPERTS_HELP =
  'Counts, for every layer and iteration of the window, the tokens that go to each expert. Costs a little time after every router in the captured iterations.';
const ROUTER_HELP =
  'Sends tokens to experts evenly instead of where the router wants them; the gate is still computed. The difference in time to a normal run is what imbalance costs. Outputs are wrong: for analysis only.';
const ROUTER_WARNING =
  'The outputs of this run will be wrong: tokens go to experts evenly, not where the router sends them. Use it to measure, never to serve.';

function CaptureSwitches({
  recipe,
  form,
  findings,
}: {
  readonly recipe: Recipe;
  readonly form: LaunchForm;
  readonly findings: readonly Finding[];
}) {
  const routerFindings = findingsOf(findings, 'perfectRouter');
  return (
    <div className="launcher__switches">
      <PassSwitches recipe={recipe} form={form} findings={findings} />
      {recipe.passes.includes('torch-trace') && (
        <Switch
          label="PyTorch-profiler trace"
          hint="timeline of the window"
          help={TRACE_HELP}
          checked={form.torchTrace}
          messages={findingsOf(findings, 'torchTrace')}
          onChange={(torchTrace) => {
            editForm({ torchTrace });
          }}
        />
      )}
      {recipe.passes.includes('expert-statistics') && (
        <Switch
          label="Expert statistics"
          hint="tokens per expert, layer and iteration"
          help={EXPERTS_HELP}
          checked={form.expertStatistics}
          messages={findingsOf(findings, 'expertStatistics')}
          onChange={(expertStatistics) => {
            editForm({ expertStatistics });
          }}
        />
      )}
      {recipe.recorders['perfect-router'] !== undefined && (
        <Switch
          label="Perfect router"
          hint="even expert load, wrong outputs"
          help={ROUTER_HELP}
          checked={form.perfectRouter}
          messages={
            form.perfectRouter && routerFindings.length === 0
              ? [{ severity: 'warning', text: ROUTER_WARNING }]
              : routerFindings
          }
          onChange={(perfectRouter) => {
            editForm({ perfectRouter });
          }}
        />
      )}
      {(form.nsight || form.torchTrace || form.expertStatistics) && !form.timing && (
        <Notice severity="note">
          A recorder is on: the throughput of this run is not a measurement. Switch recorders off to measure,
          or add a timing pass.
        </Notice>
      )}
    </div>
  );
}

/** The passes that are loads of their own: measuring, and recording with Nsight Systems. */
function PassSwitches({ recipe, form, findings }: Pick<CaptureSectionProps, 'recipe' | 'form' | 'findings'>) {
  const recorders = recipe.passes.filter((kind) => kind !== 'timing');
  return (
    <>
      {recorders.length > 0 && (
        <Switch
          label="Timing pass"
          hint="measures with nothing recorded"
          help={TIMING_HELP}
          checked={form.timing}
          onChange={(timing) => {
            editForm({ timing });
          }}
        />
      )}
      {recipe.passes.includes('nsight') && (
        <Switch
          label="Nsight Systems report"
          hint="a pass of its own"
          help={NSIGHT_HELP}
          checked={form.nsight}
          messages={findingsOf(findings, 'nsight')}
          onChange={(nsight) => {
            editForm({ nsight });
          }}
        />
      )}
      {form.nsight && <NsightSection options={form.nsightOptions} />}
    </>
  );
}
