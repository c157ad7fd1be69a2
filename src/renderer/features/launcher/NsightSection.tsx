// SPDX-License-Identifier: Apache-2.0
import type { NsightOptions } from '#shared/contract/launch.ts';
import { Select } from '#renderer/widgets/Select.tsx';
import { Switch } from '#renderer/widgets/Switch.tsx';
import { editForm } from '#renderer/stores/launcher.ts';

const switches = [
  [
    'pythonGil',
    'Python’s lock',
    'Who holds and waits for the global interpreter lock. Costly: 20,000 ranges in less than one iteration.',
  ],
  ['osrt', 'OS runtime', 'Calls of the operating system’s runtime that wait.'],
  [
    'cpuSampling',
    'CPU samples',
    'Where threads spend their time. Four iterations took 2.2 GB with samples and 2.4 MB without.',
  ],
  ['gpuMetrics', 'GPU metrics', 'Counters of the GPU over time. The driver may keep them to administrators.'],
  ['traceFork', 'Follow forks', 'Follows processes from their fork on, as spawned workers need.'],
] as const satisfies readonly (readonly [keyof NsightOptions, string, string])[];

/** What `nsys profile` is told; shown while a pass records with it. */
export function NsightSection({ options }: { readonly options: NsightOptions }) {
  const set = (change: Partial<NsightOptions>): void => {
    editForm({ nsightOptions: { ...options, ...change } });
  };
  return (
    <fieldset className="launcher__nsight">
      <legend className="launcher__quiet">Nsight Systems</legend>
      <div className="launcher__grid">
        <Select
          label="CUDA graphs"
          help="Each kernel of a graph (slows every replay), or each graph as a whole."
          value={options.cudaGraphTrace}
          options={[
            { value: 'node', label: 'each kernel' },
            { value: 'graph', label: 'as a whole' },
          ]}
          onChange={(value) => {
            set({ cudaGraphTrace: value === 'graph' ? 'graph' : 'node' });
          }}
        />
        <Select
          label="CUDA trace"
          help="In software where the hardware trace of newer versions fails."
          value={options.cudaTrace}
          options={[
            { value: 'cuda', label: 'cuda' },
            { value: 'cuda-sw', label: 'cuda-sw (software)' },
          ]}
          onChange={(value) => {
            set({ cudaTrace: value === 'cuda-sw' ? 'cuda-sw' : 'cuda' });
          }}
        />
      </div>
      {switches.map(([name, label, help]) => (
        <Switch
          key={name}
          label={label}
          help={help}
          checked={options[name]}
          onChange={(checked) => {
            set({ [name]: checked });
          }}
        />
      ))}
    </fieldset>
  );
}
