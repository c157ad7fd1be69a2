// SPDX-License-Identifier: Apache-2.0
import type { Comparison, ComparisonAnswer } from '#shared/contract/comparison.ts';
import { Tooltip } from '#renderer/widgets/Tooltip.tsx';
import { bandText, powerText } from '../model/texts.ts';
import { EffectAxis } from './Interval.tsx';

interface AnswerHeadProps {
  readonly comparison: Comparison;
  readonly answer: ComparisonAnswer;
}

const EFFECT_HELP =
  'B over A: mean of the log-ratios of the blocks, back as a ratio. Positive is better. The interval is a paired t interval over the blocks.';

/** The answer in one sentence, and the effect with its interval drawn. */
export function AnswerHead({ comparison, answer }: AnswerHeadProps) {
  const { request } = comparison;
  const { primary, verdict, headline } = answer;
  const effect = primary?.effect ?? null;
  const perfectRouter = request.b.form.perfectRouter && !request.a.form.perfectRouter;
  return (
    <section className="answer" aria-label="Answer">
      <p className={`answer__sentence answer__sentence--${verdict?.kind ?? 'none'} selectable`}>{headline}</p>
      {effect !== null && (
        <div className="answer__effect">
          <EffectAxis effect={effect} thresholds={request.thresholds} perfectRouter={perfectRouter} />
          <p className="compare__quiet">
            <Tooltip content={EFFECT_HELP}>
              <button type="button" className="figure__definition" aria-description={EFFECT_HELP}>
                Effect on {primary?.label.toLowerCase()}
              </button>
            </Tooltip>{' '}
            in {effect.blocks} of {request.blocks} blocks. {bandText(request.thresholds, perfectRouter)}{' '}
            {powerText(effect)}
          </p>
        </div>
      )}
    </section>
  );
}
