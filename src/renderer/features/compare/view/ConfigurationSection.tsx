// SPDX-License-Identifier: Apache-2.0
import type { RunManifest } from '#shared/contract/run.ts';
import { plural } from '#renderer/base/format.ts';
import { Table } from '#renderer/widgets/Table.tsx';
import { configurationDifference } from '../model/configuration.ts';

interface ConfigurationProps {
  readonly a: RunManifest;
  readonly b: RunManifest;
}

/** What of the runs' configurations is not the same. */
export function ConfigurationSection({ a, b }: ConfigurationProps) {
  const { rows, equal, masked } = configurationDifference(a, b);
  return (
    <section aria-labelledby="side-configuration">
      <h2 id="side-configuration">Configuration</h2>
      <p className="compare__quiet">
        {plural(rows.length, 'difference')}; {plural(equal, 'setting')} the same in both.
        {masked.length > 0 &&
          ` Values of secrets are not kept, so whether they differ cannot be told: ${masked.join(', ')}.`}
      </p>
      <Table
        label="Difference of the configurations"
        rows={rows}
        rowKey={({ group, name }) => `${group} ${name}`}
        empty="Nothing differs in parameters, flags, environment, versions and machine."
        columns={[
          { key: 'group', title: 'What', cell: ({ group }) => group },
          { key: 'name', title: 'Name', cell: ({ name }) => <span className="mono">{name}</span> },
          { key: 'a', title: 'A', cell: (row) => <span className="side-value selectable">{row.a}</span> },
          { key: 'b', title: 'B', cell: (row) => <span className="side-value selectable">{row.b}</span> },
        ]}
      />
    </section>
  );
}
