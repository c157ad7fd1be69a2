// SPDX-License-Identifier: Apache-2.0
import { formatBytes } from '#shared/base/units.ts';
import type { RunStep } from '#shared/contract/run.ts';
import { Table } from '#renderer/widgets/Table.tsx';
import { commandText, roleWord, stepText, wallText } from './model.ts';

/** The programs of a run of several, in their order. */
export function StepsTable({ steps }: { readonly steps: readonly RunStep[] }) {
  return (
    <section aria-labelledby="overview-steps">
      <h2 id="overview-steps">Steps</h2>
      <Table
        label="Steps"
        rows={steps}
        rowKey={({ name }) => name}
        columns={[
          {
            key: 'title',
            title: 'Step',
            cell: ({ title, command }) => (
              <span title={commandText(command.program, command.args)}>{title}</span>
            ),
          },
          { key: 'role', title: 'Role', cell: ({ role }) => roleWord(role) },
          { key: 'state', title: 'Stand', cell: stepText },
          {
            key: 'wall',
            title: 'Wall time',
            numeric: true,
            cell: ({ exit }) => (exit === undefined ? '' : wallText(exit.wallMs)),
          },
          {
            key: 'cpu',
            title: 'CPU time',
            numeric: true,
            cell: ({ exit }) => (exit === undefined ? '' : wallText(exit.cpuMs)),
          },
          {
            key: 'memory',
            title: 'Peak memory',
            numeric: true,
            cell: ({ exit }) => (exit === undefined ? '' : formatBytes(exit.peakRssBytes)),
          },
        ]}
      />
    </section>
  );
}

/** The same while the run lives: one line. */
export function StepsStrip({ steps }: { readonly steps: readonly RunStep[] }) {
  return (
    <ol className="steps" aria-label="Steps">
      {steps.map((step) => (
        <li key={step.name} className={`steps__step steps__step--${step.state}`}>
          <span>{step.title}</span>
          <span className="steps__stand">{stepText(step)}</span>
        </li>
      ))}
    </ol>
  );
}
