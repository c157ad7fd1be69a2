// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from 'react';
import type { Source } from '#shared/contract/app.ts';
import type { ExpertBalance, ExpertSummary } from '#shared/contract/experts.ts';
import { formatCount, formatRatio } from '#shared/base/units.ts';
import { LinesChart, linesPicture } from '#renderer/charts/index.tsx';
import { askEngine } from '#renderer/data/engine.ts';
import { Figure } from '#renderer/widgets/Figure.tsx';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { ProgressBar } from '#renderer/widgets/ProgressBar.tsx';
import { Select } from '#renderer/widgets/Select.tsx';
import { definitions } from '../model/definitions.ts';
import type { TableFile } from '../model/table-file.ts';
import { useAnswer } from '../model/use-answer.ts';
import { SaveMenu } from './SaveMenu.tsx';

/** As many as the chart tells apart. */
const MOST_ROWS = 1024;

interface BalanceLogProps {
  readonly source: Source;
  readonly summary: ExpertSummary;
}

/** What vLLM logged of its balance: how even the ranks were, and nothing of layers or experts. */
export function BalanceLog({ source, summary }: BalanceLogProps) {
  const { sourceId } = source;
  const [model, setModel] = useState(0);
  const answer = useAnswer(sourceId, model.toString(), (signal) =>
    askEngine('experts.balance', { sourceId, model, rows: MOST_ROWS }, { signal }),
  );
  return (
    <div className="expert-page">
      <p className="experts-view__source" title={source.path}>
        {source.name} · {formatCount(summary.balanceLines)} lines of vLLM about balancedness, all layers over
        ranks
      </p>
      {summary.balanceModels.length > 1 && (
        <div className="expert-head">
          <Select
            label="Model"
            value={model.toString()}
            options={summary.balanceModels.map((name, at) => ({
              value: at.toString(),
              label: name === '' ? 'Unnamed' : name,
            }))}
            onChange={(next) => setModel(Number(next))}
          />
        </div>
      )}
      {answer.state === 'failed' && <Notice severity="error">{answer.failure.message}</Notice>}
      {answer.state === 'asking' && <ProgressBar label="Reading the log" />}
      {answer.state === 'answered' && <Balance balance={answer.value} />}
    </div>
  );
}

const ratio = (value: number | null | undefined): string =>
  value === null || value === undefined ? 'cannot answer' : formatRatio(value);

function Balance({ balance }: { readonly balance: ExpertBalance }) {
  const [least, lower, median, upper, most] = balance.quartiles;
  return (
    <>
      <section className="expert-figures expert-load__figures" aria-label="Balance of the log">
        <Figure
          size="main"
          label="vLLM balancedness"
          value={ratio(balance.balancedness)}
          definition={definitions.vllmBalancedness}
          note={`of sums ${ratio(balance.balancednessOfSums)}; 1 is even`}
        />
        <Figure
          label="Median"
          value={ratio(median)}
          definition={definitions.balanceQuartiles}
          note={`quartiles ${ratio(lower)} to ${ratio(upper)}`}
        />
        <Figure
          label="Least"
          value={ratio(least)}
          definition={definitions.balanceQuartiles}
          note={`most ${ratio(most)}`}
        />
        <p className="gain__why">
          A log tells how even the ranks were over all layers together. Which layer, expert or rank was hot
          cannot be answered from it: open a dump of the expert load (.pt or .safetensors with
          expert_load_window and physical_to_logical_map).
        </p>
      </section>
      <Lines balance={balance} />
    </>
  );
}

function Lines({ balance }: { readonly balance: ExpertBalance }) {
  const { rows, linesPerRow } = balance;
  const data = useMemo(
    () => ({
      xs: rows.map(({ first }) => first + 1),
      xName: 'line about balance',
      yName: 'balancedness',
      yMax: 1,
      series: [
        {
          name: linesPerRow === 1 ? 'balancedness' : `mean of ${linesPerRow} lines`,
          as: 'line' as const,
          values: rows.map(({ balancedness }) => balancedness),
        },
        ...(linesPerRow === 1
          ? []
          : [{ name: 'least of them', as: 'line' as const, values: rows.map(({ least }) => least) }]),
      ],
    }),
    [rows, linesPerRow],
  );
  return (
    <section className="expert-panel" aria-label="Balancedness over the log" style={{ flex: 1 }}>
      <div className="expert-panel__title expert-panel__title--controls">
        <h2>Balancedness over the log</h2>
        <SaveMenu
          of="balancedness"
          name="vllm-balancedness"
          table={() => balanceTable(balance)}
          picture={(format) => linesPicture(data, format)}
        />
      </div>
      <div className="expert-panel__chart">
        <LinesChart label={`vLLM balancedness in ${rows.length} rows of its log`} data={data} />
      </div>
    </section>
  );
}

function balanceTable({ rows }: ExpertBalance): TableFile {
  const columns = ['firstLine', 'lastLine', 'step', 'meanTokens', 'maxTokens', 'balancedness', 'least'];
  return {
    columns,
    rows: rows.map(({ first, last, step, meanTokens, maxTokens, balancedness, least }) => [
      first + 1,
      last + 1,
      step,
      meanTokens,
      maxTokens,
      balancedness,
      least,
    ]),
  };
}
