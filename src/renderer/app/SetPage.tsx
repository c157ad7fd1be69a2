// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import type { SourceSet } from '#shared/contract/app.ts';
import { ExpertsView } from '#renderer/features/experts/index.tsx';
import { TraceView } from '#renderer/features/trace/index.tsx';
import { createTraceViewStore } from '#renderer/stores/trace-view.ts';
import { Tabs } from '#renderer/widgets/Tabs.tsx';
import { useVisited } from './use-visited.ts';

type SetTab = 'timeline' | 'experts';

/** Files that were opened together: as one timeline, as expert load, or both. */
export function SetPage({ set }: { readonly set: SourceSet }) {
  const traces = set.sources.some((source) => source.kind === 'trace');
  const statistics = set.sources.some((source) => source.kind === 'expert-statistics');
  if (traces && statistics) return <BothKinds set={set} />;
  return (
    <div className="set-page">
      <h1 className="visually-hidden">{set.title}</h1>
      {statistics ? <ExpertsView set={set} visible /> : <TraceView set={set} visible />}
    </div>
  );
}

function BothKinds({ set }: { readonly set: SourceSet }) {
  const [tab, setTab] = useState<SetTab>('timeline');
  const visited = useVisited(tab);
  const [view] = useState(createTraceViewStore);
  return (
    <div className="set-page">
      <h1 className="visually-hidden">{set.title}</h1>
      <Tabs<SetTab>
        label="Views of the files"
        value={tab}
        onChange={setTab}
        tabs={[
          {
            value: 'timeline',
            label: 'Timeline',
            panel: <TraceView set={set} visible={tab === 'timeline'} store={view} />,
          },
          {
            value: 'experts',
            label: 'Experts',
            panel: visited.has('experts') && (
              <ExpertsView set={set} visible={tab === 'experts'} store={view} />
            ),
          },
        ]}
      />
    </div>
  );
}
